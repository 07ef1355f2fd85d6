"""Rollups: many values as few: count, lowest, highest, sum and last of each step of time. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
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

OLDEST: Final = timedelta(days=30)
AHEAD: Final = timedelta(minutes=1)
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
    """Yield what is counted of an event: itself, and its detections."""
    yield EVENTS, 1.0
    yield from detections_of(data)


def detections_of(data: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the name and number of an event's detections: of all, and of each label."""
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
    return said if came - OLDEST <= said <= came + AHEAD else came
