"""Fold: many entries become few rows: rollups in every step, and the states that were told. Pure.

What counts is said entry by entry in `rollups` and `states`. This says the same of thousands, and
runs for each that comes in: so it is one flat loop, and leaves lists to be summed at the end.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from dashboard.history.rollups import (
    AHEAD,
    EVENTS,
    LARGEST,
    OLDEST,
    STEPS,
    Place,
    Rollup,
    Series,
    detections_of,
    kept_name,
    name_of_value,
)
from dashboard.history.states import DESCRIBES, state_text
from dashboard.log.base import Entry

_STEP: Final = STEPS[0]
"""Seconds of the shortest step, of which the longer ones are made; also that of states."""
EVER: Final[Mapping[int, int]] = MappingProxyType({})
"""As the beginning of what is kept of each step."""
_NUMBERS: Final = (float, int)
_TEXTS: Final = (str, bool)


class Fold:
    """What entries say that follow each other. `size` is how many series it has, in steps."""

    def __init__(self) -> None:
        self.size = 0
        self._now: dict[tuple[str, str], _Step] = {}
        self._before: list[tuple[tuple[str, str], _Step]] = []
        self._names: dict[str, str] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Take what follows, oldest first."""
        received: datetime | None = None
        for entry in entries:
            event = entry.event
            data = event.data
            if event.producer.startswith("_"):
                continue
            if entry.received is not received:
                received = entry.received
                earliest, latest = received - OLDEST, received + AHEAD
            at = int((event.time if earliest <= event.time <= latest else received).timestamp())
            whose = event.producer, event.subject or ""
            step = self._now.get(whose)
            if step is None or not 0 <= at - step.start < _STEP:
                step = self._begin(whose, at - at % _STEP)
            step.events += 1
            has_states = True
            if "detections" in data:
                has_states = False
                for name, count in detections_of(data):
                    self._add_number(step, name, count)
            for key, value in data.items():
                kind = type(value)
                if kind is dict:
                    value = value.get("value")  # type: ignore[union-attr]
                    kind = type(value)
                elif key == "value":
                    key = name_of_value(data)
                elif key in DESCRIBES and kind not in _NUMBERS:
                    continue
                if kind in _NUMBERS:
                    self._add_number(step, self._names.get(key) or self._name(key), value)
                elif kind in _TEXTS and has_states:
                    self._add_text(step, self._names.get(key) or self._name(key), value)

    def rollups(self, since: Mapping[int, int] = EVER) -> dict[Place, Rollup]:
        """Return the rollups of these entries alone, in every step; of each step those that begin
        at `since` (seconds since 1970) or later."""
        found: dict[Place, Rollup] = {}
        for (producer, subject), step in self._steps():
            for name, one in step.rollups():
                series = Series(producer, subject, name)
                for length in STEPS:
                    start = step.start - step.start % length
                    if start < since.get(length, start):
                        continue
                    place = Place(series, length, start)
                    known = found.get(place)
                    found[place] = one if known is None else known + one
        return found

    def states(self) -> Iterator[tuple[Series, int, str]]:
        """Yield the series, the step's start and the text of each state that was told."""
        for whose, step in self._steps():
            for name, texts in step.texts.items():
                for text in texts:
                    yield Series(*whose, name), step.start, text

    def _steps(self) -> Iterator[tuple[tuple[str, str], "_Step"]]:
        """Yield whose each step is, and the step; one that was left and come back to is there
        twice. So what was said last is last, also in longer steps."""
        return chain(self._before, self._now.items())

    def _begin(self, whose: tuple[str, str], start: int) -> "_Step":
        if whose in self._now:
            self._before.append((whose, self._now[whose]))
        step = self._now[whose] = _Step(start)
        self.size += 1
        return step

    def _name(self, key: str) -> str:
        name = self._names[key] = kept_name(key)
        return name

    def _add_number(self, step: "_Step", name: str, value: Any) -> None:
        if name in step.numbers:
            step.numbers[name].append(value)
        else:
            step.numbers[name] = [value]
            self.size += 1

    def _add_text(self, step: "_Step", name: str, value: Any) -> None:
        if (text := state_text(value)) is None:
            return
        if name not in step.texts:
            step.texts[name] = [text]
            self.size += 1
        elif step.texts[name][-1] != text:
            step.texts[name].append(text)


class _Step:
    """What one subject said in ten seconds."""

    __slots__ = ("events", "numbers", "start", "texts")

    def __init__(self, start: int) -> None:
        self.start = start
        self.events = 0
        self.numbers: dict[str, list[float]] = {}
        self.texts: dict[str, list[str]] = {}

    def rollups(self) -> Iterator[tuple[str, Rollup]]:
        """Yield the name and the rollup of each measure and count."""
        yield EVENTS, Rollup(self.events, 1.0, 1.0, float(self.events), 1.0)
        for name, said in self.numbers.items():
            if numbers := [float(number) for number in said if -LARGEST <= number <= LARGEST]:
                low, high, total = min(numbers), max(numbers), sum(numbers)
                yield name, Rollup(len(numbers), low, high, total, numbers[-1])
