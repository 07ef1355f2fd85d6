"""Ultralytics `to_json()` and `summary()`: boxes, oriented boxes, masks, poses, classes."""

from typing import Final

from producers.detections.bounds import (
    FARTHEST_OUTSIDE,
    LARGEST_SIDE,
    MOST_KEYPOINTS,
    MOST_POINTS,
    MOST_RESULTS,
)
from producers.detections.boxes import enclosing, outline, place, spanned
from producers.detections.fields import Box, Detection, Keypoint, Point, Size, Tag
from producers.detections.format import Format, Reading, kind_of, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.spaces import Space, space_of
from producers.detections.unread import looks_like_geometry

_CORNERS: Final = (("x1", "y1"), ("x2", "y2"), ("x3", "y3"), ("x4", "y4"))


class Ultralytics(Format):
    """A list for each picture. It does not say whether it was made with `normalize=True`: where
    no coordinate of any box is above 1, but for rounding, all are fractions of the picture, else
    pixels. Corners of oriented boxes may lie outside, so those are fractions up to 2. The hosted
    service wraps it: `{"images": [{"shape": [height, width], "results": […]}]}`."""

    name = "ultralytics"
    about = "Ultralytics to_json() or summary(), a list of those, or its hosted service"
    takes_lists = True

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, dict):
            return _why_not_hosted(payload)
        if not isinstance(payload, list | tuple):
            return f"it is {kind_of(payload)}, not a list"
        first = payload[0] if payload else []
        if isinstance(first, list | tuple):
            return self.why_not(first) if first else None  # nothing was seen
        for name in ("name", "confidence"):
            if (why := why_no_object_with(first, name)) is not None:
                return f"of its first item: {why}"
        if (why := _why_other_geometry(first)) is not None:
            return f"of its first item: {why}"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        if isinstance(payload.value, dict):
            images = payload.member("images")
            return images.each(lambda image: _hosted(image, reading), MOST_RESULTS)

        def picture(said: Payload) -> Result:
            return _picture(said, reading, reading.size)

        pictures = payload.items()
        if pictures and isinstance(pictures[0].value, list | tuple):
            return payload.each(picture, MOST_RESULTS)
        return [picture(payload)]


def _why_other_geometry(first: dict[str, object]) -> str | None:
    """Return what tells a place in another way than this format's own."""
    box = first.get("box")
    if box is not None and not (isinstance(box, dict) and "x1" in box):
        return "its box has no x1"
    others = (name for name in first if name not in ("box", "segments", "keypoints"))
    found = next((name for name in others if looks_like_geometry(name, first[name])), None)
    return None if found is None else f"it has {found!r} beside or in place of a box"


def _why_not_hosted(payload: dict[str, object]) -> str | None:
    images = payload.get("images")
    if not isinstance(images, list) or not images:
        return "it is an object, but has no list of images"
    why = why_no_object_with(images[0], "results")
    return None if why is None else f"of its first image: {why}"


def _hosted(said: Payload, reading: Reading) -> Result:
    shape = said.get("shape")
    if shape is None:
        return _picture(said.member("results"), reading, reading.size)
    height, width = (side.whole(1, LARGEST_SIDE) for side in shape.items(exactly=2))
    return _picture(said.member("results"), reading, Size(width=width, height=height))


def _picture(said: Payload, reading: Reading, size: Size | None) -> Result:
    space = _space(said, reading)
    relative = space == "relative"
    read = said.each(lambda item: _item(item, relative))
    return Result(
        detections=[one for one in read if isinstance(one, Detection)],
        tags=[one for one in read if isinstance(one, Tag)],
        box_space=space,
        size=size,
    )


def _space(said: Payload, reading: Reading) -> Space:
    boxes = [box.value for item in said.items() if (box := item.get("box")) is not None]
    told = [at for box in boxes if isinstance(box, dict) for at in box.values()]
    if not told:  # masks and poses alone
        told = [at for item in said.items() for at in _coordinates(item)]
    if any(isinstance(box, dict) and "x3" in box for box in boxes):
        numbers = [at for at in told if isinstance(at, int | float)]
        outside = max(numbers, default=0) <= FARTHEST_OUTSIDE
        return reading.box_space or ("relative" if outside else "px")
    return space_of(said, told, reading.box_space)


def _coordinates(item: Payload) -> list[object]:
    parts = (item.get("segments"), item.get("keypoints"))
    return [
        at
        for part in parts
        if part is not None
        for axis in ("x", "y")
        if (said := part.get(axis)) is not None and isinstance(said.value, list | tuple)
        for at in said.value
    ]


def _item(said: Payload, relative: bool) -> Detection | Tag:
    label, score = said.member("name").label(), said.member("confidence").score()
    box, mask, pose = said.get("box"), said.get("segments"), said.get("keypoints")
    if box is None and mask is None and pose is None:
        return Tag(label=label, score=score)
    where, polygon = (None, None) if box is None else _box(box, relative)
    if mask is not None:
        polygon = outline(_points(mask, relative, MOST_POINTS))
    track = said.get("track_id")
    return Detection(
        label=label,
        score=score,
        box=where,
        track_id=None if track is None else track.id(),
        polygon=polygon,
        keypoints=None if pose is None else _pose(pose, relative),
    )


def _box(said: Payload, relative: bool) -> tuple[Box, list[Point] | None]:
    """Return the box, and the corners where it is an oriented one."""
    if said.get("x3") is None:
        sides = [said.member(name) for name in ("x1", "y1", "x2", "y2")]
        return spanned(*sides, relative=relative), None
    corners = [
        (place(said.member(x), relative=relative), place(said.member(y), relative=relative))
        for x, y in _CORNERS
    ]
    return enclosing(corners), corners


def _points(said: Payload, relative: bool, most: int) -> list[Point]:
    xs = [place(x, relative=relative) for x in said.member("x").items(most)]
    ys = said.member("y").items(exactly=len(xs), most=most)
    return [(x, place(y, relative=relative)) for x, y in zip(xs, ys, strict=True)]


def _pose(said: Payload, relative: bool) -> list[Keypoint]:
    points, seen = _points(said, relative, MOST_KEYPOINTS), said.get("visible")
    if seen is None:
        return [(x, y, None) for x, y in points]
    sure = [item.score() for item in seen.items(exactly=len(points))]
    return [(x, y, score) for (x, y), score in zip(points, sure, strict=True)]
