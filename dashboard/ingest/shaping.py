"""Shaping: the values of one request become events of their producer, or none does."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from dashboard.ingest.attributes import why_illegal
from dashboard.ingest.cloudevents import CloudEvent
from dashboard.ingest.json_values import BadJSON, Limits, check
from dashboard.ingest.posted import Posted
from dashboard.problems import MOST_ERRORS, Refused, error_at, pointer
from producers.base import InvalidEvent, Producer
from producers.events import Event
from producers.limits import MAX_EVENT_BYTES, why_unfit

_SURELY_FITS: Final = MAX_EVENT_BYTES // 8
"""Characters that need no measuring: a character has up to 4 bytes, and 1e15 is written out."""


class Shaped(NamedTuple):
    """What is to be appended. `positions` says, for each value that was sent, which event it is;
    None: each its own."""

    events: Sequence[Event]
    positions: Sequence[int] | None = None

    def place(self, key: str) -> dict[str, Any]:
        """Return where `key` was sent, as members of a problem; none where all share it."""
        keys = [event.key for event in self.events]
        if len(set(keys)) == 1:
            return {}
        event = keys.index(key)
        return {"index": event if self.positions is None else self.positions.index(event)}


class _Unfit(Exception):  # noqa: N818 - it never leaves this file
    """A value is not taken; `faults` are (path into the value, detail) pairs."""

    def __init__(self, faults: Sequence[tuple[Sequence[str | int], str]]) -> None:
        self.faults = faults


def shape(posted: Posted, producer: Producer, key: str | None, limits: Limits) -> Shaped:
    """Return the events that `posted` is for `producer`. Raises Refused.

    All get `key`, but CloudEvents, which bring their own.
    """
    events = []
    try:
        for value in posted.values:
            if type(value) is CloudEvent:
                events.append(_from_cloudevent(value, producer, limits))
            else:
                events.append(_from_data(value, producer, key, limits))
    except _Unfit as unfit:
        raise _refusal(unfit, producer, posted, len(events)) from None
    if posted.longest > _SURELY_FITS:
        _must_fit(events, posted)
    return _once(events, posted) if type(posted.values[0]) is CloudEvent else Shaped(events)


def _from_data(value: object, producer: Producer, key: str | None, limits: Limits) -> Event:
    try:
        event = producer.event(value, key=key)
    except InvalidEvent as error:
        raise _Unfit([(_path(where), said) for where, said in error.problems]) from None
    if event.data != value:
        _check_data(event, limits)
    # A producer may read these out of what was sent.
    if event.type != producer.event_type or event.subject is not None:
        _check_attributes(event)
    return event


def _from_cloudevent(value: CloudEvent, producer: Producer, limits: Limits) -> Event:
    try:
        event = producer.event(
            value.data, type=value.type, subject=value.subject, time=value.time, key=value.key
        )
    except InvalidEvent as error:
        raise _Unfit([(_path(where), said) for where, said in error.problems]) from None
    if event.data != value.data:
        _check_data(event, limits)
    return event


def _check_attributes(event: Event) -> None:
    for name, said in (("type", event.type), ("subject", event.subject)):
        if said is not None and (why := why_illegal(said)) is not None:
            raise _Unfit([((), f"its {name} {why}")])


def _check_data(event: Event, limits: Limits) -> None:
    """Ask again of what the producer's model made: "inf", for one, is a float to pydantic."""
    try:
        check(event.data, limits)
    except BadJSON as error:
        raise _Unfit([(error.path, error.detail)]) from None


def _refusal(unfit: _Unfit, producer: Producer, posted: Posted, index: int) -> Refused:
    faults = [
        ((*posted.path(index), *posted.inside, *path), said)
        for path, said in unfit.faults[:MOST_ERRORS]
    ]
    place = posted.place(index)
    line = f"line {place['line']}: " if "line" in place else ""
    where, said = faults[0]
    at = f"{pointer(where)}: " if where else ""
    extras: dict[str, Any] = {"example": producer.example} if producer.example else {}
    return Refused(
        "invalid-event",
        f"producer {producer.alias!r} does not take this: {line}{at}{said}",
        errors=[error_at(path, said) for path, said in faults],
        **place,
        **extras,
    )


def _must_fit(events: Sequence[Event], posted: Posted) -> None:
    for index, event in enumerate(events):
        if (why := why_unfit(event)) is not None:
            raise Refused(
                "too-large",
                why,
                errors=[error_at(posted.path(index), why)],
                legal={"bytes": MAX_EVENT_BYTES},
                **posted.place(index),
            )


def _once(events: Sequence[Event], posted: Posted) -> Shaped:
    """Leave out what repeats the CloudEvent before it, as senders that retry may.

    The log would take such a run for one unit of two events. Repeats further apart it knows.
    """
    unique: list[Event] = []
    positions: list[int] = []
    for index, event in enumerate(events):
        before = unique[-1] if unique else None
        if before is None or before.key != event.key:
            unique.append(event)
        elif (before.type, before.subject, before.data) != (event.type, event.subject, event.data):
            why = "has the source and id of the one before it, but other content"
            raise Refused(
                "key-conflict",
                f"CloudEvent {index} {why}; new content needs a new id",
                errors=[error_at((*posted.path(index), "id"), why)],
                **posted.place(index),
            )
        positions.append(len(unique) - 1)
    return Shaped(unique, positions if len(unique) < len(events) else None)


def _path(pointer_: str) -> list[str]:
    """Return the parts of a JSON pointer (RFC 6901)."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer_.split("/")[1:]]
