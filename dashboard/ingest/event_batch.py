"""Shaping: the values of one request become events of their producer, or none does."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from dashboard.http.problems import MOST_ERRORS, Refused, error_at, pointer
from dashboard.ingest.attributes import why_illegal
from dashboard.ingest.cloudevents import CloudEvent
from dashboard.ingest.json_values import BadJSON, Limits, check
from dashboard.ingest.parsed_body import ParsedBody, too_many
from producers.base import InvalidEvent, Producer, ReadResult
from producers.events import Event
from producers.limits import MAX_EVENT_BYTES, why_unfit
from producers.pictures import Picture

_SURELY_FITS: Final = MAX_EVENT_BYTES // 8
"""Characters that need no measuring: a character has up to 4 bytes, and 1e15 is written out."""


MOST_REASONS: Final = 32
"""Faults named where a document may be in one of many formats: why each did not fit."""


class EventBatch(NamedTuple):
    """What is to be appended: no event, where the documents that were sent told none."""

    events: Sequence[Event]
    positions: Sequence[int] | None = None
    """Which event each of those that were sent is; None: each its own."""
    sent: Sequence[int] | None = None
    """Which value each event came from; None: each from its own."""
    formats: Sequence[str] = ()
    """What each value was taken to be, where its producer says so."""
    picture: str | None = None
    """The id of the picture that came, once it is stored."""

    def place(self, key: str) -> dict[str, Any]:
        """Return where `key` was sent, as members of a problem; none where all share it."""
        keys = [event.key for event in self.events]
        if len(set(keys)) == 1:
            return {}
        event = keys.index(key)
        return {"index": event if self.sent is None else self.sent[event]}


class _Unfit(Exception):
    """A value is not taken; `faults` are (path into the value, detail) pairs."""

    def __init__(self, faults: Sequence[tuple[Sequence[str | int], str]]) -> None:
        self.faults = faults


def shape(posted: ParsedBody, producer: Producer, key: str | None, limits: Limits) -> EventBatch:
    """Return the events that `posted` is for `producer`, one for each value. Raises Refused.

    All get `key`, but CloudEvents, which bring their own.
    """
    events: list[Event] = []
    try:
        for value in posted.values:
            if type(value) is CloudEvent:
                events.append(_from_cloudevent(value, producer, limits))
            else:
                events.append(_from_data(value, producer, key, limits))
    except _Unfit as unfit:
        raise _invalid(unfit, producer, posted, len(events)) from None
    if posted.longest > _SURELY_FITS:
        for index, event in enumerate(events):
            _must_fit(event, posted, index)
    if type(posted.values[0]) is CloudEvent:
        return _once([[event] for event in events], posted)
    return EventBatch(events)


def shape_documents(
    posted: ParsedBody,
    producer: Producer,
    key: str | None,
    hints: object,
    most: int,
    limits: Limits,
    picture: Picture | None = None,
) -> EventBatch:
    """Return what the documents in `posted` tell: any number of events, up to `most` in all.

    `hints` are the producer's own, `picture` came with the one document. Keys are given as by
    `shape`. Raises Refused.
    """
    if picture is not None and len(posted.values) > 1:
        count = len(posted.values)
        raise Refused(
            "invalid-event", f"{count} documents came with one picture; send each with its own"
        )
    taken: list[ReadResult] = []
    for index, value in enumerate(posted.values):
        try:
            taken.append(_from_document(value, producer, key, hints, limits, picture))
        except _Unfit as unfit:
            raise _invalid(unfit, producer, posted, index, MOST_REASONS) from None
        if sum(len(one.events) for one in taken) > most:
            raise too_many(most)
        for event in taken[-1].events:
            _must_fit(event, posted, index)
    groups = [one.events for one in taken]
    formats = [one.format for one in taken if one.format is not None]
    if type(posted.values[0]) is CloudEvent:
        return _once(groups, posted)._replace(formats=formats)
    sent = [index for index, group in enumerate(groups) for _ in group]
    return EventBatch([*chain.from_iterable(groups)], sent=sent, formats=formats)


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


def _from_document(
    value: object,
    producer: Producer,
    key: str | None,
    hints: object,
    limits: Limits,
    picture: Picture | None,
) -> ReadResult:
    # Only a producer that takes pictures needs to know of them.
    more: dict[str, Any] = {} if picture is None else {"picture": picture}
    try:
        if type(value) is CloudEvent:
            taken = producer.take(
                value.data,
                hints,
                type=value.type,
                subject=value.subject,
                time=value.time,
                key=value.key,
                **more,
            )
        else:
            taken = producer.take(value, hints, key=key, **more)
    except InvalidEvent as error:
        raise _Unfit([(_path(where), said) for where, said in error.problems]) from None
    for event in taken.events:
        _check_data(event, limits)
        _check_attributes(event)
    return taken


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


def _invalid(
    unfit: _Unfit, producer: Producer, posted: ParsedBody, index: int, most: int = MOST_ERRORS
) -> Refused:
    faults = [
        ((*posted.path(index), *posted.inside, *path), said) for path, said in unfit.faults[:most]
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


def _must_fit(event: Event, posted: ParsedBody, index: int) -> None:
    if (why := why_unfit(event)) is not None:
        raise Refused(
            "too-large",
            why,
            errors=[error_at(posted.path(index), why)],
            legal={"bytes": MAX_EVENT_BYTES},
            **posted.place(index),
        )


def _once(groups: Sequence[Sequence[Event]], posted: ParsedBody) -> EventBatch:
    """Leave out what repeats the CloudEvent before it, as senders that retry may.

    A group is what one CloudEvent became. The log would take such a run for one unit of two
    events. Repeats further apart it knows.
    """
    unique: list[Event] = []
    positions: list[int] = []
    sent: list[int] = []
    before: Sequence[Event] = ()
    for index, group in enumerate(groups):
        if not group:
            continue
        if not before or before[0].key != group[0].key:
            before = group
            unique += group
            sent += [index] * len(group)
        elif _contents(before) != _contents(group):
            why = "has the source and id of the one before it, but other content"
            raise Refused(
                "key-conflict",
                f"CloudEvent {index} {why}; new content needs a new id",
                errors=[error_at((*posted.path(index), "id"), why)],
                **posted.place(index),
            )
        positions += range(len(unique) - len(group), len(unique))
    return EventBatch(unique, positions if len(unique) < len(positions) else None, sent)


def _contents(events: Sequence[Event]) -> list[Any]:
    return [(event.type, event.subject, event.data) for event in events]


def _path(pointer_: str) -> list[str]:
    """Return the parts of a JSON pointer (RFC 6901)."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer_.split("/")[1:]]
