"""DetectionProducer: takes what detectors print, in any of the known formats."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from producers.base import InvalidEvent, Producer, ReadResult
from producers.detections.coco_names import NUMBERINGS
from producers.detections.detect_format import Found, format_named, read
from producers.detections.fields import Label, Size
from producers.detections.format import Boxes, Reading
from producers.detections.model import Result
from producers.detections.on_picture import on_picture
from producers.detections.payload import Unreadable
from producers.detections.query_params import PARAMETERS, Hints
from producers.detections.spaces import Space
from producers.detections.summary import sentence
from producers.detections.turning import Exif
from producers.events import Event
from producers.pictures import Picture

_OWN = "eventwall"


class DetectionProducer(Producer):
    """Takes detections: ours, or as Azure, Ultralytics, COCO, Frigate, Roboflow, AWS say them."""

    class Options(Producer.Options):
        format: Annotated[str, AfterValidator(lambda name: format_named(name).name)] | None = Field(
            None, description="the one format that is taken, such as 'coco'; None: by its shape"
        )
        categories: dict[int, Label] | Literal["coco-80", "coco-91"] = Field(
            {},
            description="names of numbered classes, {0: 'person'}; or a numbering of COCO's: "
            "'coco-80' (YOLO, from 0) or 'coco-91' (COCO results, from 1, with gaps)",
        )
        min_score: float | None = Field(
            None,
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="what is less sure is left out; None: nothing, but people of Azure AI "
            "Vision under 0.5",
        )
        labels: frozenset[Label] = Field(
            frozenset(), description="only these are kept, as the detector writes them; empty: all"
        )
        size: Size | None = Field(
            None,
            description="{'width': 1280, 'height': 720} of pictures whose results do not tell it",
        )
        box_space: Space | None = Field(
            None,
            description="'relative' (fractions) or 'px', where results leave it open; None: the "
            "rule of their format",
        )
        boxes: Boxes | None = Field(
            None,
            description="what four numbers without names are: 'xyxy' (two corners), 'xywh' (left, "
            "top, width, height) or 'cxcywh' (centre, width, height); None: refused",
        )
        exif: Exif | None = Field(
            None,
            description="whether the detector turned pictures as their Exif metadata says before "
            "it looked: 'applied' or 'ignored'; None: their size tells it",
        )

    Data = Result
    event_type = "detection"
    widget = "detections"
    takes_text = True
    takes_pictures = True
    example = '{"label": "person", "score": 0.91, "box": {"x": 0.1, "y": 0.2, "w": 0.25, "h": 0.6}}'

    def event(
        self,
        value: object,
        *,
        type: str | None = None,  # noqa: A002 - CloudEvents' name for it
        time: datetime | None = None,
        subject: str | None = None,
        key: str | None = None,
    ) -> Event:
        """Return the one result that `value` tells as an event; its source is the subject.

        Raises InvalidEvent, also where it tells of several pictures, or of none.
        """
        taken = self.take(value, type=type, time=time, subject=subject, key=key)
        if len(taken.events) == 1:
            return taken.events[0]
        said = (
            f"this tells of {len(taken.events)} pictures; one event is one picture"
            if taken.events
            else "there is nothing in it to keep (an empty batch, or a false positive of Frigate's)"
        )
        raise InvalidEvent(self.alias, [("", said)])

    parameters = PARAMETERS

    def hints(self, query: Mapping[str, str]) -> Hints:
        return Hints.of(query)

    def take(
        self,
        value: object,
        hints: Hints | None = None,
        *,
        type: str | None = None,  # noqa: A002 - CloudEvents' name for it
        time: datetime | None = None,
        subject: str | None = None,
        key: str | None = None,
        picture: Picture | None = None,
    ) -> ReadResult:
        """Return what `value` tells as events, and the format that it was taken to be.

        `value` is an Event, a Result, or a payload as it was sent: JSON, a list of it, or a text;
        None where there is only the `picture` that it was seen on. Raises InvalidEvent, with
        pointers into the payload.
        """
        hints = hints or Hints()
        brought = value.picture if isinstance(value, Event) else None
        if isinstance(value, Event):
            if "format" in value.data:  # it was taken before: it is ours by now
                hints = replace(hints, format=_OWN)
            type, time = type or value.type, time or value.time  # noqa: A001
            subject, key, value = subject or value.subject, key or value.key, dict(value.data)
        if picture is None:
            found = self._read(value, hints)
        else:
            try:
                found = on_picture(
                    value,
                    picture,
                    lambda payload: self._read(payload, hints, picture),
                    hints.exif or self.options.exif,
                )
            except Unreadable as error:
                raise InvalidEvent(self.alias, error.problems) from error
        events = []
        for result in found.results:
            data = self._told(result, found.format)
            events.append(
                Event(
                    producer=self.alias,
                    type=type or self.event_type,
                    time=time or result.time or self.now(),
                    data=data,
                    key=key,
                    subject=subject or result.source,
                    picture=brought,
                )
            )
        return ReadResult(found.format, events, _counts(found), found.left_out)

    def _read(self, value: object, hints: Hints, picture: Picture | None = None) -> Found:
        if isinstance(value, Result):
            return Found(value.format or _OWN, [value])
        reading = Reading(
            size=hints.size or self.options.size,
            shown=None if picture is None else Size(width=picture.width, height=picture.height),
            categories=self._categories,
            min_score=self.options.min_score,
            box_space=hints.box_space or self.options.box_space,
            boxes=hints.boxes or self.options.boxes,
        )
        try:
            return read(value, hints.format or self.options.format, reading)
        except Unreadable as error:
            raise InvalidEvent(self.alias, error.problems) from error

    def _told(self, result: Result, format: str) -> dict[str, Any]:  # noqa: A002
        """Return a result as an event's data: only what is known, and always a sentence."""
        if self.options.min_score is not None or self.options.labels:
            result = result.only(self.options.min_score or 0.0, self.options.labels)
        told = result.model_dump(mode="json", exclude_none=True)
        said = {"text": result.text or sentence(result), "format": result.format or format}
        return said | told

    @property
    def _categories(self) -> Mapping[int, str]:
        chosen = self.options.categories
        return NUMBERINGS[chosen] if isinstance(chosen, str) else chosen


def _counts(found: Found) -> dict[str, int]:
    """Return how many things were read, kept or not; tags, and boxes beside the picture, if any."""
    seen = sum(len(result.detections) for result in found.results)
    tags = sum(len(result.tags) for result in found.results)
    outside = sum(result.outside for result in found.results)
    more = {"tags": tags, "outside": outside}
    return {"detections": seen} | {name: count for name, count in more.items() if count}
