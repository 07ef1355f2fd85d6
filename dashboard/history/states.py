"""States: the short texts that an event says of something, and for how long each held. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from dashboard.history.rollups import Series, kept_name, name_of_value, time_of
from dashboard.log.base import Entry

STATE_STEP: Final = 10
"""Seconds in which one state of a series is kept, the last one: what flickers is not kept whole."""
LONGEST_STATE: Final = 40
"""Characters of a state; a longer text is no state."""
OPEN: Final = 2**62
"""The end of a run that holds still."""

DESCRIBES: Final = frozenset(
    ("unit", "name", "type", "picture", "time", "timestamp", "id", "source", "title")
)
"""Members that tell of something else than a state."""


class Run(NamedTuple):
    """A state from `start` until `end` (seconds since 1970), last told of at `seen`."""

    start: int
    seen: int
    end: int
    text: str


def texts_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each state of an event's data: short texts, true and false.

    A state is a top-level member, or an object's "value"; of data that is such an object, its
    "name", or its "type", or "value" is the name. Detections are none.
    """
    if "detections" in data:
        return
    for key, value in data.items():
        name = key
        if isinstance(value, dict):
            value = value.get("value")
        elif key == "value":
            name = name_of_value(data)
        elif key in DESCRIBES:
            continue
        if isinstance(value, str | bool) and (text := state_text(value)) is not None:
            yield kept_name(name), text


def state_text(value: str | bool) -> str | None:
    """Return the text of the state that a value tells; None where it is too long, or blank."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value.strip() if len(value) <= LONGEST_STATE else ""
    return kept_name(text) if text else None


def extend(runs: list[Run], at: int, text: str) -> None:
    """Add to the `runs` of a series that it was so `at` a step. What comes late changes nothing."""
    if runs:
        last = runs[-1]
        if at < last.seen:
            return
        if text == last.text:
            runs[-1] = last._replace(seen=at)
            return
        if at == last.start:
            runs[-1] = last._replace(text=text)
            return
        runs[-1] = last._replace(end=at)
    runs.append(Run(at, at, OPEN, text))


def states_of(entries: Iterable[Entry], step: int) -> Iterator[tuple[Series, int, str]]:
    """Yield the series, the step's start and the text of each state in `entries`."""
    for entry in entries:
        event = entry.event
        if event.producer.startswith("_"):
            continue
        at = int(time_of(entry).timestamp())
        for name, text in texts_of(event.data):
            yield Series(event.producer, event.subject or "", name), at - at % step, text
