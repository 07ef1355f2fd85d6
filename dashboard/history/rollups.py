"""Rollups: many values as few: count, lowest, highest, sum and last of each step of time. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final, NamedTuple

from dashboard.log.base import Entry

STEPS: Final = (10, 60, 900, 21_600)
"""Seconds of the steps that are kept: 10 s, 1 min, 15 min, 6 h."""

LARGEST: Final = 1e150
"""Beyond it the sum of some values would soon be no finite float any more."""
LONGEST_MEASURE: Final = 64
"""Characters of a measure's name that are kept."""

COUNTED: Final = "\x01"
"""What the names of counts begin with; no measure's name does."""
EVENTS: Final = COUNTED + "events"
DETECTIONS: Final = COUNTED + "detections"
LABEL: Final = COUNTED + "label:"
"""Before the label whose detections are counted."""
_MOST_LABELS: Final = 20
"""Labels of one event that are counted each; the others only among all detections."""

_CONTROL: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")

_OLDEST: Final = timedelta(days=30)
_AHEAD: Final = timedelta(minutes=1)
"""What an event may say of its time, seen from when it was received; else that counts."""


class Series(NamedTuple):
    """One measure of one producer, and of one subject of it: "" where events name none."""

    producer: str
    subject: str
    measure: str


class Place(NamedTuple):
    """A step of a series: from `start`, a multiple of `step`, in seconds since 1970."""

    series: Series
    step: int
    start: int


class Rollup(NamedTuple):
    """The `size` values of one place. `last` is that of the newest entry."""

    size: int
    low: float
    high: float
    sum: float
    last: float

    @property
    def mean(self) -> float:
        return self.sum / self.size

    def __add__(self, other: "Rollup") -> "Rollup":  # type: ignore[override]
        """Return this and what came after it."""
        return Rollup(
            self.size + other.size,
            min(self.low, other.low),
            max(self.high, other.high),
            self.sum + other.sum,
            other.last,
        )


def measures_of(data: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the name and value of each measure of an event's data.

    A measure is a top-level number, an object with a numeric "value", or the data itself when it
    is such an object: then its "name", or its "type", or "value" is the name.
    """
    for key, value in data.items():
        name = key
        if isinstance(value, dict):
            value = value.get("value")
        elif key == "value":
            name = name_of_value(data)
        if type(value) in (int, float) and -LARGEST <= value <= LARGEST:
            yield kept_name(name), float(value)


def name_of_value(data: Mapping[str, Any]) -> str:
    """Return what the "value" of an event's data is called: its "name", or "type", or "value"."""
    named = (data.get("name"), data.get("type"))
    return next((said for said in named if isinstance(said, str) and said), "value")


def counts_of(data: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield what is counted of an event: itself, and its detections, all and by label."""
    yield EVENTS, 1.0
    detections = data.get("detections")
    if not isinstance(detections, list):
        return
    yield DETECTIONS, float(len(detections))
    labels = Counter(
        label
        for one in detections
        if isinstance(one, dict) and isinstance(label := one.get("label"), str)
    )
    for label, count in labels.most_common(_MOST_LABELS):
        yield label_name(label), float(count)


def label_name(label: str) -> str:
    """Return the name of the count of a label's detections."""
    return LABEL + kept_name(label[: LONGEST_MEASURE - len(LABEL)])


def kept_name(name: str) -> str:
    """Return the name as it is kept: not too long, and of what every database takes."""
    name = name[:LONGEST_MEASURE]
    return name if name.isprintable() else _CONTROL.sub("\N{REPLACEMENT CHARACTER}", name)


def time_of(entry: Entry) -> datetime:
    """Return when it happened: as the event says, where that can be, else when it came."""
    said, came = entry.event.time, entry.received
    return said if came - _OLDEST <= said <= came + _AHEAD else came


def rolled_up(entries: Iterable[Entry]) -> dict[Place, Rollup]:
    """Return the rollups of these entries alone, in every step."""
    finest: dict[tuple[str, str, str, int], _Sum] = {}
    for number, entry in enumerate(entries):
        event = entry.event
        if event.producer.startswith("_"):
            continue
        at = int(time_of(entry).timestamp())
        start = at - at % STEPS[0]
        for name, value in chain(measures_of(event.data), counts_of(event.data)):
            key = event.producer, event.subject or "", name, start
            known = finest.get(key)
            if known is None:
                finest[key] = _Sum(value, number)
            else:
                known.add(value, number)
    # What came last is last, so that the last value of each longer step is that of its newest.
    ordered = sorted(finest.items(), key=lambda one: one[1].number)
    found: dict[Place, Rollup] = {}
    for (producer, subject, measure, start), told in ordered:
        series, one = Series(producer, subject, measure), told.rollup()
        for step in STEPS:
            place = Place(series, step, start - start % step)
            known_one = found.get(place)
            found[place] = one if known_one is None else known_one + one
    return found


class _Sum:
    """A rollup that grows: this runs for each number of a log, and is flat to be fast."""

    __slots__ = ("high", "last", "low", "number", "size", "sum")

    def __init__(self, value: float, number: int) -> None:
        self.size = 1
        self.low = self.high = self.sum = self.last = value
        self.number = number

    def add(self, value: float, number: int) -> None:
        """Take a value of the entry of this number, which is not below those before."""
        self.size += 1
        if value < self.low:
            self.low = value
        elif value > self.high:
            self.high = value
        self.sum += value
        self.last = value
        self.number = number

    def rollup(self) -> Rollup:
        return Rollup(self.size, self.low, self.high, self.sum, self.last)
