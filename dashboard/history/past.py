"""Past: what one producer said over a span of time, in memory, for its charts."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any, Final, Generic, Literal, NamedTuple, Self, TypeVar

from dashboard.history.rollups import STEPS, Rollup, Series, counts_of, measures_of, time_of
from dashboard.history.states import STATE_STEP, Run, extend, states_of
from dashboard.log.base import Entry, EntryId

FINEST: Final = 1
"""Seconds of the step of short spans: it is not kept, but read back from the log."""
SHORT: Final = 600
MOST_POINTS: Final = 1_500
"""Points that a line has at most: more than a wide screen shows of it."""
_MOVES: Final = 300
"""Times that a chart moves while its span goes by: less than a pixel or two each."""
_MOST_SERIES: Final = 200
"""Series that one producer may have in memory; the rest are left out."""
_MOST_KEPT: Final = 100_000
"""Rollups that all of them may have."""
_MOST_WAITING: Final = 10_000
"""Entries that are kept while what was before is read."""

Kind = Literal["measures", "counts", "states"]
Kept = TypeVar("Kept")


class Scope(NamedTuple):
    """Which past: of how many seconds, of what, and in steps of how many; 0: what suits it."""

    span: int
    kind: Kind = "measures"
    step: int = 0


def step_for(span: int) -> int:
    """Return the finest step in which a span (both in seconds) is not too many points."""
    if span <= SHORT:
        return FINEST
    return next((step for step in STEPS if span // step <= MOST_POINTS), STEPS[-1])


class _Series(ABC, Generic[Kept]):
    """What is kept of each series for the last seconds. Until it is primed, it only listens.

    Once it is, each entry after `upto` counts once.
    """

    def __init__(self, scope: Scope, step: int) -> None:
        self.scope = scope
        self.span = scope.span
        self.step = step
        self.most_series = max(1, min(_MOST_SERIES, _MOST_KEPT // (scope.span // step + 1)))
        self.upto: EntryId | None = None
        self._found: dict[Series, Kept] = {}
        self._waiting: deque[Entry] = deque(maxlen=_MOST_WAITING)
        self._slid = 0

    @property
    def is_primed(self) -> bool:
        return self.upto is not None

    def prime(
        self, kept: Mapping[Series, Iterable[Any]], entries: Iterable[Entry], upto: EntryId
    ) -> None:
        """Begin with what was kept, and the entries up to `upto` that came after it."""
        self._found = {series: self._taken(what) for series, what in kept.items()}
        for entry in entries:
            self._add(entry)
        self.upto = upto
        waiting = list(self._waiting)
        self._waiting.clear()
        self.hear(waiting)

    def hear(self, entries: Iterable[Entry]) -> None:
        """Take the producer's entries, oldest first."""
        if self.upto is None:
            self._waiting.extend(entries)
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
        """Know nothing of what was before again: the log has become another one."""
        self.upto = None
        self._waiting.clear()

    def about(self, subject: str) -> Self:
        """Return what it has of one subject now, as series of none."""
        part = copy(self)
        part._found = {
            series._replace(subject=""): kept
            for series, kept in self._found.items()
            if series.subject == subject
        }
        return part

    def _of(self, series: Series) -> Kept | None:
        """Return what is kept of a series; None where there are too many of them already."""
        if series not in self._found:
            if len(self._found) >= self.most_series:
                return None
            self._found[series] = self._taken(())
        return self._found[series]

    @abstractmethod
    def _taken(self, what: Iterable[Any]) -> Kept:
        """Return what was kept of one series as it is in memory."""

    @abstractmethod
    def _add(self, entry: Entry) -> None: ...


class Past(_Series[dict[int, Rollup]]):
    """Rollups of measures, or of what is counted of events."""

    def __init__(self, span: int, kind: Kind = "measures", step: int = 0) -> None:
        super().__init__(Scope(span, kind, step), step or step_for(span))
        self._values = counts_of if kind == "counts" else measures_of

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

    def _taken(self, what: Iterable[tuple[int, Rollup]]) -> dict[int, Rollup]:
        return dict(what)

    def _add(self, entry: Entry) -> None:
        at = int(time_of(entry).timestamp())
        start = at - at % self.step
        for name, value in self._values(entry.event.data):
            steps = self._of(Series(entry.event.producer, entry.event.subject or "", name))
            if steps is not None:
                one = Rollup(1, value, value, value, value)
                steps[start] = steps[start] + one if start in steps else one


class StatePast(_Series[list[Run]]):
    """Runs of states."""

    def __init__(self, span: int) -> None:
        super().__init__(Scope(span, "states"), FINEST if span <= SHORT else STATE_STEP)

    def runs(self, now: float) -> dict[Series, list[Run]]:
        """Return the runs of each series that held since the span began, in order of time."""
        since = now - self.span
        for series, runs in self._found.items():
            self._found[series] = [run for run in runs if run.end >= since][-MOST_POINTS:]
        return {series: runs for series, runs in self._found.items() if runs}

    def _taken(self, what: Iterable[Run]) -> list[Run]:
        return list(what)

    def _add(self, entry: Entry) -> None:
        for series, at, text in states_of([entry], self.step):
            runs = self._of(series)
            if runs is not None:
                extend(runs, at, text)


AnyPast = Past | StatePast


def past_of(scope: Scope) -> AnyPast:
    """Return an empty past of this scope."""
    return StatePast(scope.span) if scope.kind == "states" else Past(*scope)
