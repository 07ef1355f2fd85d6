"""Corners: things with a label and the named sides of a box, in whatever words a program has."""

from typing import Final

from producers.detections.bounds import MOST_RESULTS
from producers.detections.fields import Detection, Size
from producers.detections.format import Format, Reading, kind_of, pictures, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.spaces import space_of
from producers.detections.spellings import (
    Sides,
    has_sides,
    is_labelled,
    label_of,
    members,
    score_of,
    sides_of,
    track_of,
)

_LISTS: Final = (
    *("predictions", "detections", "objects", "results", "items", "boxes", "faces", "data"),
    *("output", "outputs", "annotations", "object", "people", "vehicles"),
)
_SIZES: Final = ("image", "size", "metadata", "imagesize")
_FLAT_SIZES: Final = (("imagewidth", "imageheight"), ("width", "height"))


class Corners(Format):
    """YOLOv5's pandas, DeepStack and CodeProject.AI, supervision's sinks, Pascal VOC as JSON, and
    what people write themselves. Coordinates up to 1 are fractions, above they are pixels."""

    name = "corners"
    about = "label and named sides: YOLOv5's pandas, DeepStack, CodeProject.AI, supervision"
    takes_lists = True
    general = True

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, dict):
            return _why_no_holder(payload)
        if not isinstance(payload, list | tuple):
            return f"it is {kind_of(payload)}, neither a list nor an object"
        if not payload:
            return "it is an empty list, which tells no picture"
        first = payload[0]
        if isinstance(first, list | tuple):
            return self.why_not(first) if first else "its first item is an empty list"
        why = why_no_object_with(first)
        if why is None and not has_sides(first):
            why = "it names no sides of a box, such as x1, y1, x2, y2 or left, top, width, height"
        return None if why is None else f"of its first item: {why}"

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        value = payload.value
        if isinstance(value, list | tuple) and value and _is_holder(value[0]):
            return payload.each(lambda one: _picture(one, reading), MOST_RESULTS)
        return [_picture(one, reading) for one in pictures(payload, MOST_RESULTS)]


def _is_holder(value: object) -> bool:
    return isinstance(value, dict) and not has_sides(value) and _why_no_holder(value) is None


def _why_no_holder(payload: dict[str, object]) -> str | None:
    if "annotation" in payload:  # Pascal VOC's root
        inner = payload["annotation"]
        return _why_no_holder(inner) if isinstance(inner, dict) else "its annotation is no object"
    if has_sides(payload) or _list_of(payload) is not None:
        return None
    if "success" in payload and payload.get("predictions") == []:
        return None  # DeepStack and those like it saw nothing
    return "it holds no list of things that name the sides of a box, such as x1, y1, x2, y2"


def _list_of(payload: dict[str, object]) -> str | None:
    """Return the name of the member whose items have boxes."""
    there = members(payload)
    for name in (there[name] for name in _LISTS if name in there):
        items = payload[name]
        if isinstance(items, dict) and has_sides(items):
            return name  # one thing alone, as XML's readers make it
        if isinstance(items, list | tuple) and items and has_sides(items[0]):
            return name
    return None


def _picture(said: Payload, reading: Reading) -> Result:
    if isinstance(said.value, dict) and "annotation" in said.value:
        said = said.member("annotation")
    size = reading.size
    things = said
    if isinstance(said.value, dict):
        size = _size_of(said) or size
        if not has_sides(said.value):
            things = said.member(_list_of(said.value) or "predictions")
    items = [things] if isinstance(things.value, dict) else things.items()
    sides = _sides(items, reading)
    told = [number.value for one in sides if one is not None for number in one.said]
    known = {one.relative for one in sides if one is not None}
    relative = space_of(things, told, "relative" if known == {True} else reading.box_space)
    of_deepstack = isinstance(said.value, dict) and "success" in said.value
    seen = [
        Detection(
            label="face" if _is_face(item, of_deepstack) else label_of(item, reading),
            score=score_of(item),
            box=None if one is None else one.box(relative == "relative"),
            track_id=track_of(item),
        )
        for item, one in zip(items, sides, strict=True)
    ]
    return Result(detections=seen, box_space=relative, size=size)


def _is_face(item: Payload, of_deepstack: bool) -> bool:
    """Whether a thing is a face, of which DeepStack and Azure Face say only where it is."""
    return not is_labelled(item) and (of_deepstack or "facerectangle" in members(item.value))


def _sides(items: list[Payload], reading: Reading) -> list[Sides | None]:
    """Return the sides of each; what cannot be read is told once, at the first that has it."""
    found: list[Sides | None] = []
    for item in items:
        one = sides_of(item, reading)
        if one is not None:
            for number in one.said:
                number.number()
        found.append(one)
    return found


def _size_of(said: Payload) -> Size | None:
    there = members(said.value)
    for name in _SIZES:
        if name in there:
            holder = said.member(there[name])
            inner = members(holder.value)
            if "width" in inner and "height" in inner:
                return holder.size(inner["width"], inner["height"])
    assert isinstance(said.value, dict)
    for width, height in _FLAT_SIZES if not has_sides(said.value) else _FLAT_SIZES[:1]:
        if width in there and height in there:
            return said.size(there[width], there[height])
    return None
