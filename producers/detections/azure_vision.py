"""Azure AI Vision, Image Analysis 4.0: objects, people, texts, tags, captions; in pixels."""

from collections.abc import Callable
from typing import Final, TypeVar

from producers.detections.bounds import MOST_POINTS
from producers.detections.boxes import cornered, enclosing, outline, place
from producers.detections.fields import Box, Detection, Point, Size, Tag
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload

T = TypeVar("T")

LIKELY: Final = 0.5
"""People come with every guess down to 0.001; below this they are left out, unless a minimum
score is asked for."""

_RESULTS: Final = (
    "objectsResult",
    "peopleResult",
    "tagsResult",
    "captionResult",
    "readResult",
    "smartCropsResult",
    "denseCaptionsResult",
    "customModelResult",
)


class AzureVision(Format):
    """Of texts each line is read; crops that it proposes are nothing that was seen."""

    name = "azure-vision"
    about = "Azure AI Vision, Image Analysis 4.0"
    only_space = "px"
    leaves_out = frozenset({"smartCropsResult", "words"})

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, dict) and payload.keys() <= {"modelVersion", "metadata"}:
            return why_no_object_with(payload, "modelVersion")  # there was nothing to tell
        return why_no_object_with(payload, *_RESULTS)

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        if (why := self.why_not(payload.value)) is not None:
            raise payload.fault(why)
        seen: list[Detection] = []
        tags: list[Tag] = []
        for whole in (payload, payload.get("customModelResult")):
            if whole is not None:
                seen += _values(whole, "objectsResult", _object)
                tags += _values(whole, "tagsResult", _tag)
        likely = LIKELY if reading.min_score is None else reading.min_score
        people = _values(payload, "peopleResult", _person)
        seen += [person for person in people if (person.score or 0.0) >= likely]
        seen += _texts(payload)
        caption, metadata = payload.get("captionResult"), payload.get("metadata")
        size = reading.size if metadata is None else metadata.size()
        regions = _values(payload, "denseCaptionsResult", _region)
        whole_picture = [region.label for region in regions if _covers(region.box, size)]
        seen += [region for region in regions if not _covers(region.box, size)]
        said = next(iter(whole_picture), None)
        return [
            Result(
                detections=seen,
                tags=tags,
                caption=said if caption is None else caption.member("text").text(),
                box_space="px",
                size=size,
            )
        ]


def _values(whole: Payload, name: str, read: Callable[[Payload], T]) -> list[T]:
    part = whole.get(name)
    return [] if part is None else part.member("values").each(read)


def _object(said: Payload) -> Detection:
    best, *_ = said.member("tags").each(_tag) or [Tag(label="object")]
    return _detection(said, best.label, best.score)


def _person(said: Payload) -> Detection:
    return _detection(said, "person", said.member("confidence").score())


def _texts(whole: Payload) -> list[Detection]:
    """Return the lines of text, each around its corners."""
    part = whole.get("readResult")
    blocks = None if part is None else part.get("blocks")
    return (
        []
        if blocks is None
        else [line for block in blocks.items() for line in block.member("lines").each(_line)]
    )


def _line(said: Payload) -> Detection:
    corners = said.member("boundingPolygon").each(_corner, MOST_POINTS)
    if not corners:
        raise said.fault("its boundingPolygon has no corners")
    return Detection(
        label=said.member("text").label(), box=enclosing(corners), polygon=outline(corners)
    )


def _corner(said: Payload) -> Point:
    return place(said.member("x"), relative=False), place(said.member("y"), relative=False)


def _region(said: Payload) -> Detection:
    """Return a part of the picture, labelled with the sentence that is said of it."""
    return _detection(said, said.member("text").label(), said.member("confidence").score())


def _covers(box: Box | None, size: Size | None) -> bool:
    """Return whether a region is the whole picture: the first of dense captions is."""
    return box is not None and size is not None and box.w >= size.width and box.h >= size.height


def _tag(said: Payload) -> Tag:
    return Tag(label=said.member("name").label(), score=said.member("confidence").score())


def _detection(said: Payload, label: str, score: float | None) -> Detection:
    box = said.member("boundingBox")
    sides = [box.member(name) for name in ("x", "y", "w", "h")]
    return Detection(label=label, score=score, box=cornered(*sides, relative=False))
