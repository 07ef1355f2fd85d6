"""Choice of a look: which widget suits what a producer said lately, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from dashboard.log.base import Entry
from dashboard.pictures.names import is_picture_id
from dashboard.widgets.measures import histories
from dashboard.widgets.progress import FIELDS as PROGRESS
from dashboard.widgets.status import FIELDS as STATES
from producers.events import JSON

LATELY: Final = 20
"""Entries that decide: one that is unlike the others changes nothing."""

_MOST_LINES: Final = 6
_MOST_CELLS: Final = 6


class Choice(NamedTuple):
    """The short name of a widget, and what speaks for it, as the rest of a sentence."""

    widget: str
    why: str


def chosen(entries: Sequence[Entry]) -> Choice:
    """Return the widget for `entries`, oldest first, of which there is one at least.

    What most of the latest are decides; of as many of either, what the newest is.
    """
    lately = entries[-LATELY:]
    kinds = [_kind(entry.event.data) for entry in lately]
    counts = Counter(kinds)
    kind = max(counts, key=lambda one: (counts[one], one == kinds[-1]))
    subjects = {entry.event.subject for entry in entries if entry.event.subject}
    several = len(subjects) > 1
    if kind == "number":
        return (
            Choice("bars", "there is one number of each of several things")
            if several
            else Choice("number", "each event holds one number")
        )
    if kind == "numbers":
        if several:
            return Choice("table", "there are several numbers of each of several things")
        newest = max(index for index, one in enumerate(kinds) if one == kind)
        measures = histories(lately[newest : newest + 1]).values()
        units = {measure.unit for measure in measures}
        if len(units) == 1 and units != {""} and len(measures) <= _MOST_LINES:
            return Choice("chart", "each event holds several numbers of one unit")
        return Choice("metrics", "each event holds several numbers")
    return _OTHERS[kind]


_OTHERS: Final[Mapping[str, Choice]] = {
    "detections": Choice("detections", "events hold detections"),
    "picture": Choice("picture", "events hold pictures"),
    "progress": Choice("progress", "events say how far something has come"),
    "text": Choice("feed", "events hold texts"),
    "state": Choice("status", "events say in what state things are"),
    "fields": Choice("table", "events hold a few fields, and no number"),
    "other": Choice("feed", "events hold what no other widget draws"),
}


def _kind(data: Mapping[str, JSON]) -> str:
    if isinstance(data.get("detections"), list):
        return "detections"
    if is_picture_id(data.get("picture")):
        return "picture"
    measures = {name for name, said in data.items() if _is_measure(said)}
    if measures.intersection(PROGRESS[:-1]):
        return "progress"
    if isinstance(data.get("text"), str):
        return "text"
    if measures:
        return "number" if len(measures) == 1 else "numbers"
    if any(isinstance(data.get(name), str | bool) for name in STATES):
        return "state"
    is_flat = all(isinstance(said, str | bool) for said in data.values())
    return "fields" if is_flat and 0 < len(data) <= _MOST_CELLS else "other"


def _is_measure(said: JSON) -> bool:
    value = said.get("value") if isinstance(said, Mapping) else said
    return isinstance(value, int | float) and not isinstance(value, bool)
