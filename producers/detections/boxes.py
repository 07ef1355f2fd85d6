"""Boxes: the ways in which formats write one, made into left, top, width and height."""

from collections.abc import Sequence
from typing import Final

from producers.detections.bounds import FARTHEST_OUTSIDE, FARTHEST_SENT, NEAREST_OUTSIDE
from producers.detections.coordinates import UNDER_A_PIXEL, is_under_a_pixel
from producers.detections.fields import Box, Point
from producers.detections.payload import Payload

TWO_READINGS: Final = (
    "four numbers can be read in two ways, as [left, top, width, height] or as [left, top, right, "
    "bottom]; say which with ?boxes=xywh or ?boxes=xyxy (or the option boxes), or name the sides"
)


def place(said: Payload, *, relative: bool) -> float:
    """Return a coordinate: a fraction of the picture, or pixels."""
    return said.relative() if relative else said.number(-FARTHEST_SENT, FARTHEST_SENT)


def cornered(x: Payload, y: Payload, w: Payload, h: Payload, *, relative: bool) -> Box:
    """Return the box from its top left corner and its size."""
    box = Box(
        x=place(x, relative=relative),
        y=place(y, relative=relative),
        w=_length(w, relative),
        h=_length(h, relative),
    )
    return _drawable(box, x, relative)


def centred(x: Payload, y: Payload, w: Payload, h: Payload, *, relative: bool) -> Box:
    """Return the box from its centre and its size."""
    left, width = _around(x, w, relative)
    top, height = _around(y, h, relative)
    return _drawable(Box(x=left, y=top, w=width, h=height), x, relative)


def spanned(x1: Payload, y1: Payload, x2: Payload, y2: Payload, *, relative: bool) -> Box:
    """Return the box from its top left and its bottom right corner."""
    left, top = place(x1, relative=relative), place(y1, relative=relative)
    box = Box(x=left, y=top, w=_up_to(x2, left, relative), h=_up_to(y2, top, relative))
    return _drawable(box, x1, relative)


def enclosing(points: Sequence[Point]) -> Box:
    """Return the box around a polygon."""
    xs, ys = zip(*points, strict=True)
    return Box(x=min(xs), y=min(ys), w=max(xs) - min(xs), h=max(ys) - min(ys))


def outline(points: list[Point]) -> list[Point] | None:
    """Return the polygon; None where it has too few points to be one, as of the tiniest masks."""
    return points if len(points) >= 3 else None


def _drawable(box: Box, side: Payload, relative: bool) -> Box:
    """Return `box`. Raises Unreadable, at what holds its `side`, where it is no pixel large."""
    if not relative and is_under_a_pixel(box):
        raise (side.parent or side).fault(UNDER_A_PIXEL)
    return box


def _length(said: Payload, relative: bool) -> float:
    length = place(said, relative=relative)
    if length < 0:
        raise said.fault("a box's width and height are not negative")
    return length


def _around(middle: Payload, said: Payload, relative: bool) -> tuple[float, float]:
    half, centre = _length(said, relative) / 2, place(middle, relative=relative)
    if not relative:
        return centre - half, 2 * half
    start, end = max(centre - half, NEAREST_OUTSIDE), min(centre + half, FARTHEST_OUTSIDE)
    return start, end - start


def _up_to(said: Payload, start: float, relative: bool) -> float:
    end = place(said, relative=relative)
    if end < start:
        raise said.fault(f"the box ends before it begins, at {start:g}")
    return end - start
