"""Past: what one producer measured over a span of time, in memory, for its charts."""

from collections.abc import Iterable, Mapping
from typing import Final

from dashboard.history.rollups import STEPS, Rollup, Series, measures_of, time_of
from dashboard.log.base import Entry, EntryId

FINEST: Final = 1
"""Seconds of the step of short spans: it is not kept, but read back from the log."""
SHORT: Final = 600
MOST_POINTS: Final = 1_500
"""Points that a line has at most: more than a wide screen shows of it."""
_MOVES: Final = 300
"""Times that a chart moves while its span goes by: less than a pixel or two each."""
MOST_SERIES: Final = 200
"""Series that one producer may have in memory; the rest are left out."""


def step_for(span: int) -> int:
    """Return the finest step in which a span (both in seconds) is not too many points."""
    if span <= SHORT:
        return FINEST
    return next((step for step in STEPS if span // step <= MOST_POINTS), STEPS[-1])


class Past:
    """Rollups by series for the last `span` seconds. Deaf until it is primed.

    Once it is, each entry after `upto` counts once.
    """

    def __init__(self, span: int) -> None:
        self.span = span
        self.step = step_for(span)
        self.upto: EntryId | None = None
        self._found: dict[Series, dict[int, Rollup]] = {}
        self._slid = 0

    @property
    def is_primed(self) -> bool:
        return self.upto is not None

    def prime(
        self,
        rollups: Mapping[Series, Iterable[tuple[int, Rollup]]],
        entries: Iterable[Entry],
        upto: EntryId,
    ) -> None:
        """Begin with what was kept, and the entries up to `upto` that came after it."""
        self._found = {series: dict(steps) for series, steps in rollups.items()}
        for entry in entries:
            self._add(entry)
        self.upto = upto

    def hear(self, entries: Iterable[Entry]) -> None:
        """Take the producer's entries, oldest first."""
        if self.upto is None:
            return
        for entry in entries:
            if entry.id > self.upto:
                self.upto = entry.id
                self._add(entry)

    def has_slid(self, now: float) -> bool:
        """Whether a chart of it looks different only since time went on; `now` in seconds."""
        slid = int(now) // max(self.step, self.span // _MOVES)
        has, self._slid = slid != self._slid, slid
        return has

    def forget(self) -> None:
        """Be deaf again: the log has become another one."""
        self.upto = None

    def lines(self, now: float) -> dict[Series, list[tuple[int, Rollup]]]:
        """Return each series as (start, rollup), in order of time, as of `now` (seconds)."""
        since = now - self.span - self.step
        lines = {}
        for series, steps in self._found.items():
            for start in [start for start in steps if start < since]:
                del steps[start]
            if steps:
                lines[series] = sorted(steps.items())
        return lines

    def _add(self, entry: Entry) -> None:
        at = int(time_of(entry).timestamp())
        start = at - at % self.step
        for name, value in measures_of(entry.event.data):
            series = Series(entry.event.producer, entry.event.subject or "", name)
            if series not in self._found and len(self._found) >= MOST_SERIES:
                continue
            steps = self._found.setdefault(series, {})
            one = Rollup(1, value, value, value, value)
            steps[start] = steps[start] + one if start in steps else one
