"""Hugging Face pipelines: classes of a picture, or objects by two corners in pixels."""

from typing import Final

from producers.detections.bounds import MOST_RESULTS
from producers.detections.boxes import spanned
from producers.detections.fields import Detection, Tag
from producers.detections.format import Format, Reading, kind_of, pictures, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.spaces import space_of

_CORNERS: Final = ("xmin", "ymin", "xmax", "ymax")
_CLASS: Final = frozenset({"label", "score"})


class HuggingFace(Format):
    """The classes of a picture are its tags, most likely first. Corners are in pixels, or in
    fractions where none is above 1."""

    name = "huggingface"
    about = "Hugging Face pipelines and endpoints: object detection, image classification"
    takes_lists = True

    def why_not(self, payload: object) -> str | None:
        if not isinstance(payload, list | tuple):
            return f"it is {kind_of(payload)}, not a list"
        if not payload:
            return "it is an empty list, which tells no picture"
        first = payload[0]
        if isinstance(first, list | tuple):
            return self.why_not(first)
        for name in ("label", "score"):
            if (why := why_no_object_with(first, name)) is not None:
                return f"of its first item: {why}"
        assert isinstance(first, dict)
        if all(isinstance(one, dict) and one.keys() == _CLASS for one in payload):
            return None
        box = first.get("box")
        if not isinstance(box, dict) or not box.keys() >= set(_CORNERS):
            return "of its first item: it has no box with xmin, ymin, xmax and ymax"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        return [_picture(one, reading) for one in pictures(payload, MOST_RESULTS)]


def _picture(said: Payload, reading: Reading) -> Result:
    boxes = [item.get("box") for item in said.items()]
    told = [box.member(name).value for box in boxes if box for name in _CORNERS]
    space = space_of(said, told, reading.box_space)
    placed = any(boxes)
    found = said.each(lambda item: _item(item, space == "relative", placed))
    found.sort(key=lambda one: -(one.score or 0.0))
    return Result(
        detections=[one for one in found if isinstance(one, Detection)],
        tags=[one for one in found if isinstance(one, Tag)],
        box_space=space,
        size=reading.size,
    )


def _item(said: Payload, relative: bool, placed: bool) -> Detection | Tag:
    """Return a thing, or a class of the whole picture where none is `placed` in a box."""
    label, score, box = said.member("label").label(), said.member("score").score(), said.get("box")
    if box is None:
        return (Detection if placed else Tag)(label=label, score=score)
    sides = [box.member(name) for name in _CORNERS]
    return Detection(label=label, score=score, box=spanned(*sides, relative=relative))
