"""Placing: where boxes, polygons and keypoints are kept. Clipped, rounded, relative if it can be.

A box is clipped to the picture; one that lies outside is no box any more, but its detection stays.
Polygons and keypoints may reach one picture beyond it, where nothing draws them.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from producers.detections.bounds import FARTHEST_OUTSIDE, NEAREST_OUTSIDE, ROUNDED
from producers.detections.fields import DIGITS, Box, Detection, Size

_PIXEL_DIGITS: Final = 3
_LONGEST: Final = FARTHEST_OUTSIDE - NEAREST_OUTSIDE

UNDER_A_PIXEL: Final = (
    "a box of less than a pixel is none, so these are fractions of the picture; "
    "if they are, say ?box_space=relative (or the option box_space)"
)

Move = Callable[[float], float]


def is_under_a_pixel(box: Box) -> bool:
    """Return whether a box in pixels would be hardly one large; that of no size is a dot."""
    return 0 < max(box.w, box.h) <= ROUNDED


def must_be_pixels(detections: Iterable[Detection]) -> None:
    """Raise ValidationError where what should be pixels can only be fractions of a picture."""
    faults = [
        InitErrorDetails(
            type=PydanticCustomError("under_a_pixel", UNDER_A_PIXEL),
            loc=("detections", index, name),
            input=seen.model_dump()[name],
        )
        for index, seen in enumerate(detections)
        for name in ("box", "polygon", "keypoints")
        if _is_fraction(seen, name)
    ]
    if faults:
        raise ValidationError.from_exception_data("Result", faults)


def _is_fraction(seen: Detection, name: str) -> bool:
    part = getattr(seen, name)
    if isinstance(part, Box):
        return is_under_a_pixel(part)
    places = [place for point in part or () for place in point[:2]]
    return max(map(abs, places), default=0) <= ROUNDED and any(place % 1 for place in places)


def settled_pixels(detections: Iterable[Detection]) -> list[Detection]:
    """Return them as they are: what a picture without a size shows, only rounded."""

    def rounded(place: float) -> float:
        return round(place, _PIXEL_DIGITS)

    def box_of(box: Box) -> Box:
        return Box(x=rounded(box.x), y=rounded(box.y), w=rounded(box.w), h=rounded(box.h))

    return [_moved(seen, box_of, rounded, rounded) for seen in detections]


def from_pixels(detections: Iterable[Detection], size: Size) -> list[Detection]:
    """Return them relative to a picture of `size`."""
    width, height = size.width, size.height

    def box_of(box: Box) -> Box | None:
        return _clipped(box.x / width, box.y / height, box.w / width, box.h / height)

    def across(x: float) -> float:
        return _near(x / width)

    def down(y: float) -> float:
        return _near(y / height)

    return [_moved(seen, box_of, across, down) for seen in detections]


def settled(detections: Iterable[Detection]) -> list[Detection]:
    """Return relative ones clipped. Raises ValidationError where one is far outside."""
    detections = list(detections)
    faults = [
        InitErrorDetails(type=_far(), loc=("detections", index, *place), input=value)
        for index, seen in enumerate(detections)
        for place, value, most in _places(seen)
        if not NEAREST_OUTSIDE <= value <= most
    ]
    if faults:
        raise ValidationError.from_exception_data("Result", faults)

    def box_of(box: Box) -> Box | None:
        return _clipped(box.x, box.y, box.w, box.h)

    return [_moved(seen, box_of, _near, _near) for seen in detections]


def _clipped(x: float, y: float, w: float, h: float) -> Box | None:
    across, down = _clipped_span(x, w), _clipped_span(y, h)
    if across is None or down is None:
        return None
    return Box(x=across[0], y=down[0], w=across[1], h=down[1])


def _clipped_span(start: float, length: float) -> tuple[float, float] | None:
    """Return where a span begins within 0 to 1, and its length; None when it lies outside.

    The ends are rounded, not the length, so that doing it again changes nothing.
    """
    end = start + length
    if start > 1 or end < 0 or (length > 0 and (start == 1 or end == 0)):
        return None
    first, last = round(max(0.0, start), DIGITS), round(min(1.0, end), DIGITS)
    return first, round(last - first, DIGITS)


def _near(place: float) -> float:
    return round(min(max(place, NEAREST_OUTSIDE), FARTHEST_OUTSIDE), DIGITS)


def _moved(
    seen: Detection, box_of: Callable[[Box], Box | None], across: Move, down: Move
) -> Detection:
    update: dict[str, Any] = {}
    if seen.box is not None:
        update["box"] = box_of(seen.box)
    if seen.polygon is not None:
        update["polygon"] = [(across(x), down(y)) for x, y in seen.polygon]
    if seen.keypoints is not None:
        update["keypoints"] = [(across(x), down(y), score) for x, y, score in seen.keypoints]
    return seen.model_copy(update=update) if update else seen


def _places(seen: Detection) -> Iterable[tuple[tuple[str | int, ...], float, float]]:
    """Return where each number of a detection stands, the number, and how large it may be."""
    if (box := seen.box) is not None:
        yield ("box", "x"), box.x, FARTHEST_OUTSIDE
        yield ("box", "y"), box.y, FARTHEST_OUTSIDE
        yield ("box", "w"), box.w, _LONGEST
        yield ("box", "h"), box.h, _LONGEST
    for name in ("polygon", "keypoints"):
        for index, point in enumerate(getattr(seen, name) or ()):
            yield (name, index, 0), point[0], FARTHEST_OUTSIDE
            yield (name, index, 1), point[1], FARTHEST_OUTSIDE


def _far() -> PydanticCustomError:
    return PydanticCustomError(
        "far_outside",
        "a relative coordinate is 0 to 1 (up to -1 and 2 outside the picture); "
        'for pixels, say "box_space": "px"',
    )
