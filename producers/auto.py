"""AutoProducer: takes whatever comes, and tells it as the producer would that is made for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import Field, ValidationError

from producers.auto_body import AutoBody, is_nested, word_of_state
from producers.base import InvalidEvent, Producer, ReadResult
from producers.detections import DetectionProducer
from producers.events import Event
from producers.measures import number
from producers.note_body import NoteBody
from producers.notes import NotesProducer
from producers.notes import is_plain as is_plain_note
from producers.pictures import Picture
from producers.reading_body import ReadingBody
from producers.readings import ReadingsProducer
from producers.readings import is_plain as is_plain_reading
from producers.wording import pointer

SHOWN: Final = "auto"
"""The widget that looks at what came."""


class _Said(NamedTuple):
    """What the sender said of an event beside its data; None: nothing."""

    type: str | None
    time: datetime | None
    subject: str | None
    key: str | None


class AutoProducer(Producer):
    """Takes what comes: numbers, texts, states, progress, detections, pictures, forms, any JSON.

    What is a reading, a note or a detection is read as the producers of these read it.
    """

    class Options(Producer.Options):
        widget: str = Field(
            SHOWN,
            pattern=r"^[a-z]{1,20}$",
            description="how it is drawn; `auto`: as suits what came",
        )

    event_type = "reading"
    takes_text = True
    takes_pictures = True
    example = '{"value": 21.4, "unit": "°C"}'

    def __init__(self, alias: str, options: Any = None, **given: Any) -> None:
        super().__init__(alias, options, **given)
        self.widget = self.options.widget
        self._readings = ReadingsProducer(alias, now=self.now)
        self._notes = NotesProducer(alias, now=self.now)
        self._detections = DetectionProducer(alias, now=self.now)

    def event(self, value: object, **said: Any) -> Event:
        if isinstance(value, Event):
            return super().event(value, **said)
        events = self.take(value, **said).events
        if len(events) != 1:
            what = f"this tells of {len(events)} things; one event is one of them"
            raise InvalidEvent(self.alias, [("", what)])
        return events[0]

    def take(
        self,
        value: object,
        hints: Any = None,
        *,
        type: str | None = None,  # noqa: A002 - CloudEvents' name for it
        time: datetime | None = None,
        subject: str | None = None,
        key: str | None = None,
        picture: Picture | None = None,
    ) -> ReadResult:
        said = _Said(type, time, subject, key)
        if isinstance(value, Event):
            return ReadResult(None, [self.event(value, **said._asdict())])
        if picture is not None:
            return self._on_picture(value, picture, said)
        return self._taken(value, said)

    def _taken(self, value: object, said: _Said) -> ReadResult:
        if isinstance(value, Mapping):
            return self._object(dict(value), said)
        if isinstance(value, list):
            return self._items(value, said)
        if isinstance(value, bool):
            return self._told("state", {"value": value}, said)
        if isinstance(value, str):
            return self._text(value, said)
        try:
            return self._told("reading", {"value": number(value)}, said)
        except ValueError as error:
            raise InvalidEvent(self.alias, [("", str(error))]) from error

    def _text(self, text: str, said: _Said) -> ReadResult:
        try:
            return self._told("reading", ReadingBody(text).told(), said)
        except ValidationError:
            pass
        if (word := word_of_state(text)) is not None:
            return self._told("state", {"state": word}, said)
        return self._note(text, said)

    def _items(self, items: Sequence[object], said: _Said) -> ReadResult:
        """Each is an event of its own, where they are not together what a detector saw."""
        if not items:
            raise InvalidEvent(self.alias, [("", "the list is empty; send one event at least")])
        if isinstance(items[0], Mapping) and (seen := self._seen(items, said)) is not None:
            return seen
        for index, item in enumerate(items):
            if isinstance(item, list):
                what = "this is a list in a list; legal is an object, a number or a text"
                raise InvalidEvent(self.alias, [(f"/{index}", what)])
        return self._each([((str(index),), item) for index, item in enumerate(items)], said)

    def _object(self, value: dict[str, Any], said: _Said) -> ReadResult:
        if is_plain_reading(value):
            return self._told("reading", value, said)
        if not value:
            raise InvalidEvent(self.alias, [("", "the object is empty; send what is to be shown")])
        if is_plain_note(value):
            return self._note(value, said)
        if is_nested(value):
            if (parts := self._notes.parts(value)) is None:
                if (seen := self._seen(value, said)) is not None:
                    return seen
                if (parts := self._readings.parts(value)) is None and "text" in NoteBody(
                    value
                ).told:
                    return self._note(value, said)
            if parts is not None:
                each = self._each(parts.items, said)
                beside = [pointer(tuple(path)) for path in parts.left_out]
                return replace(each, left_out=[*each.left_out, *beside])
        body = AutoBody(value)
        said = said._replace(time=said.time or body.at, subject=said.subject or body.subject)
        if body.kind == "note":
            return self._note(value, said)
        return self._told(body.kind, body.told, said, body.left_out)

    def _each(self, items: Sequence[tuple[Sequence[str], Any]], said: _Said) -> ReadResult:
        """Return the events of all `items`, each with the path to it."""
        events: list[Event] = []
        left_out: list[str] = []
        for path, item in items:
            at = pointer(tuple(path))
            try:
                one = self._taken(item, said)
            except InvalidEvent as error:
                problems = [(at + where, what) for where, what in error.problems]
                raise InvalidEvent(self.alias, problems) from error
            events += one.events
            left_out += [at + inner for inner in one.left_out]
        return ReadResult(None, events, left_out=left_out)

    def _seen(self, value: object, said: _Said) -> ReadResult | None:
        """Return what a detector saw, where `value` is in a format of one."""
        try:
            return self._detections.take(value, **said._asdict())
        except InvalidEvent:
            return None

    def _on_picture(self, value: object, picture: Picture, said: _Said) -> ReadResult:
        """Return what came with a picture as the one event that was seen on it."""
        if isinstance(value, list) or (isinstance(value, Mapping) and is_nested(value)):
            return self._detections.take(value, **said._asdict(), picture=picture)
        told: dict[str, Any] = {}
        if value is not None:
            event = self.event(value, **said._asdict())
            told, said = dict(event.data), said._replace(time=event.time, subject=event.subject)
        size = {"width": picture.width, "height": picture.height}
        return self._told("picture", told | {"picture": picture.id, "size": size}, said)

    def _note(self, value: object, said: _Said) -> ReadResult:
        note = self._notes.event(value, **said._asdict())
        rest = self._notes.left_out(value) if isinstance(value, Mapping) else ()
        return ReadResult(None, [note], left_out=[pointer(tuple(path)) for path in rest])

    def _told(
        self, kind: str, data: dict[str, Any], said: _Said, left_out: Sequence[Sequence[str]] = ()
    ) -> ReadResult:
        event = Event(
            producer=self.alias,
            type=said.type or kind,
            time=said.time or self.now(),
            data=data,
            key=said.key,
            subject=said.subject,
        )
        return ReadResult(None, [event], left_out=[pointer(tuple(path)) for path in left_out])
