"""Shaping: the values of one request become events of their producer, or none does."""

from collections.abc import Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from dashboard.http.problems import Refused, error_at, pointer
from dashboard.ingest.cloudevents import CloudEvent
from dashboard.ingest.event_values import from_value
from dashboard.ingest.json_values import BadJSON, Limits
from dashboard.ingest.parsed_body import BatchLimits, ParsedBody, bad_json, too_many
from dashboard.ingest.unfit import (
    MOST_REASONS,
    Unfit,
    check_attributes,
    check_data,
    must_fit,
    refusal,
    steps,
    unfit,
)
from producers.base import InvalidEvent, Producer, ReadResult
from producers.events import Event
from producers.limits import MAX_EVENT_BYTES
from producers.pictures import Picture

_SURELY_FITS: Final = MAX_EVENT_BYTES // 8
"""Characters that need no measuring: a character has up to 4 bytes, and 1e15 is written out."""


class EventBatch(NamedTuple):
    """What is to be appended: no event, where the documents that were sent told none."""

    events: Sequence[Event]
    positions: Sequence[int] | None = None
    """Which event each of those that were sent is; None: each its own."""
    sent: Sequence[int] | None = None
    """Which value each event came from; None: each from its own."""
    formats: Sequence[str] = ()
    """What each value was taken to be, where its producer says so."""
    counts: Mapping[str, int] = MappingProxyType({})
    """How many of what were read in all of them, where their producer says so."""
    picture: str | None = None
    """The id of the picture that came, once it is stored."""
    left_out: Sequence[str] = ()
    """Pointers to what was sent and is told in no event."""

    def place(self, key: str) -> dict[str, Any]:
        """Return where `key` was sent, as members of a problem; none where all share it."""
        keys = [event.key for event in self.events]
        if len(set(keys)) == 1:
            return {}
        event = keys.index(key)
        return {"index": event if self.sent is None else self.sent[event]}


def shape(
    posted: ParsedBody, producer: Producer, key: str | None, taken: BatchLimits
) -> EventBatch:
    """Return the events that `posted` is for `producer`, one for each value or part of it.

    All get `key`, but CloudEvents, which bring their own. Raises Refused.
    """
    groups: list[list[Event]] = []
    left_out: list[str] = []
    for index, value in enumerate(posted.values):
        try:
            events, rest = from_value(value, producer, key, taken.limits)
        except Unfit as error:
            raise refusal(error, producer, posted, index) from None
        except BadJSON as error:
            error.path = (*posted.path(index), *posted.inside, *error.path)
            raise bad_json(error, posted) from None
        groups.append(events)
        if rest:
            at = *posted.path(index), *posted.inside
            left_out += [pointer((*at, *path)) for path in rest]
        if posted.longest > _SURELY_FITS:
            for event in events:
                must_fit(event, posted, index)
    if type(posted.values[0]) is CloudEvent:
        return _once(groups, posted)._replace(left_out=left_out)
    events = [*chain.from_iterable(groups)]
    if len(events) == len(groups):
        return EventBatch(events, left_out=left_out)
    if len(events) > taken.most:
        raise too_many(taken.most)
    sent = [index for index, group in enumerate(groups) for _ in group]
    return EventBatch(events, sent=sent, left_out=left_out)


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
        except Unfit as error:
            raise refusal(error, producer, posted, index, MOST_REASONS) from None
        if sum(len(one.events) for one in taken) > most:
            raise too_many(most)
        for event in taken[-1].events:
            must_fit(event, posted, index)
    groups = [one.events for one in taken]
    formats = [one.format for one in taken if one.format is not None]
    left_out = [
        pointer((*posted.path(index), *posted.inside, *steps(where)))
        for index, one in enumerate(taken)
        for where in one.left_out
    ]
    names = dict.fromkeys(chain.from_iterable(one.counts for one in taken))
    counts = {name: sum(one.counts.get(name, 0) for one in taken) for name in names}
    batch = EventBatch(
        [*chain.from_iterable(groups)],
        sent=[index for index, group in enumerate(groups) for _ in group],
        formats=formats,
        counts=counts,
        left_out=left_out,
    )
    if type(posted.values[0]) is CloudEvent:
        once = _once(groups, posted)
        return batch._replace(events=once.events, positions=once.positions, sent=once.sent)
    return batch


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
        raise unfit(error) from None
    for event in taken.events:
        check_data(event, limits)
        check_attributes(event)
    return taken


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
