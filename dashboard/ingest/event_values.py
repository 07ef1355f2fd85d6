"""Event values: one posted value becomes the events that it tells, each checked by its producer."""

from collections.abc import Sequence
from typing import Any

from dashboard.ingest.cloudevents import CloudEvent
from dashboard.ingest.json_values import BadJSON, Limits, check
from dashboard.ingest.unfit import Unfit, check_attributes, check_data, unfit
from producers.base import InvalidEvent, Producer
from producers.events import Event


def from_value(
    value: object, producer: Producer, key: str | None, limits: Limits
) -> tuple[list[Event], Sequence[Sequence[str]]]:
    """Return what `value` tells as events, and paths to what of it none of them tells."""
    if type(value) is dict and len(value) <= limits.members // 2:
        plain = producer.plain_event(value, key)
        if plain is not None:
            return [plain], ()
    if not producer.holds_parts and type(value) is not CloudEvent:
        event = _from_data(value, producer, key, limits)
        return [event], _left_out(event, value, producer)
    sent = value.data if type(value) is CloudEvent else value
    parts = producer.parts(sent) if type(sent) is dict else None
    items: Sequence[tuple[Sequence[str], Any]] = [((), sent)] if parts is None else parts.items
    rest = [] if parts is None else [*parts.left_out]
    events: list[Event] = []
    for path, item in items:
        if producer.holds_parts and type(item) is dict:
            _require_few(item, path, limits)
        try:
            if type(value) is CloudEvent:
                event = _from_cloudevent(value, item, producer, limits)
            else:
                event = _from_data(item, producer, key, limits)
        except Unfit as error:
            raise Unfit([((*path, *place), said) for place, said in error.faults]) from None
        events.append(event)
        rest += [(*path, *place) for place in _left_out(event, item, producer)]
    return events, rest


def _left_out(event: Event, sent: object, producer: Producer) -> Sequence[Sequence[str]]:
    if type(sent) is not dict or event.data is sent:
        return ()
    return producer.left_out(sent)


def _require_few(item: dict[str, Any], path: Sequence[str], limits: Limits) -> None:
    """Raise BadJSON where one event has more members than it may: the whole was allowed more."""
    if len(item) <= limits.members // 2 and not any(map(_is_nested, item.values())):
        return
    try:
        check(item, limits, strings=False)
    except BadJSON as error:
        error.path = (*path, *error.path)
        raise


def _is_nested(value: object) -> bool:
    return type(value) is dict or type(value) is list


def _from_data(value: object, producer: Producer, key: str | None, limits: Limits) -> Event:
    try:
        event = producer.event(value, key=key)
    except InvalidEvent as error:
        raise unfit(error) from None
    if event.data != value:
        check_data(event, limits)
    # A producer may read these out of what was sent.
    if event.type != producer.event_type or event.subject is not None:
        check_attributes(event)
    return event


def _from_cloudevent(value: CloudEvent, data: object, producer: Producer, limits: Limits) -> Event:
    try:
        event = producer.event(
            data, type=value.type, subject=value.subject, time=value.time, key=value.key
        )
    except InvalidEvent as error:
        raise unfit(error) from None
    if event.data != data:
        check_data(event, limits)
    return event
