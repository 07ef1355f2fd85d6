"""Turning: boxes of a picture as its file holds it, put on the picture as it is shown, upright."""

from typing import Final, Literal

from producers.detections.fields import Box, Detection, Point, Size
from producers.detections.model import Result
from producers.detections.payload import Unreadable
from producers.pictures import Picture

Exif = Literal["applied", "ignored"]
"""Whether the detector turned the picture as its Exif metadata says before it looked."""

_SIDEWAYS: Final = 5
"""From this orientation on width and height change places."""
_ALIKE: Final = 0.02
"""How much two shapes may differ that are of the same picture, made smaller."""


def upright(result: Result, picture: Picture, exif: Exif | None) -> Result:
    """Return `result`, which is in fractions, on `picture` as it is shown.

    `exif` None: the size that came with the result tells whether the detector saw the picture
    turned; where no size came, it did. Raises Unreadable where the size leaves it open.
    """
    if picture.orientation == 1 or not _has_places(result):
        return result
    if exif is None:
        exif = "applied" if result.size is None else _told_by(result.size, picture)
    if exif == "applied":
        return result
    turned = [_turned(seen, picture.orientation) for seen in result.detections]
    return result.model_copy(update={"detections": turned})


def stored_size(picture: Picture) -> Size:
    """Return the size of the picture as its file holds it."""
    if picture.orientation < _SIDEWAYS:
        return Size(width=picture.width, height=picture.height)
    return Size(width=picture.height, height=picture.width)


def told_by_reach(result: Result, picture: Picture) -> Exif:
    """Return whether boxes in pixels lie on the picture as it is shown, or only as it is stored."""
    boxes = [seen.box for seen in result.detections if seen.box is not None]
    right = max((box.x + box.w for box in boxes), default=0.0)
    bottom = max((box.y + box.h for box in boxes), default=0.0)
    stored = stored_size(picture)
    if right <= picture.width + 1 and bottom <= picture.height + 1:
        return "applied"
    return "ignored" if right <= stored.width + 1 and bottom <= stored.height + 1 else "applied"


def _has_places(result: Result) -> bool:
    return any(seen.box or seen.polygon or seen.keypoints for seen in result.detections)


def _told_by(size: Size, picture: Picture) -> Exif:
    shown, told = picture.width / picture.height, size.width / size.height
    sideways = picture.orientation >= _SIDEWAYS
    is_shown, is_stored = _alike(told, shown), _alike(told, 1 / shown)
    if sideways and is_shown != is_stored:
        return "applied" if is_shown else "ignored"
    raise Unreadable(
        [
            (
                "",
                f"the picture is turned by its Exif metadata (orientation {picture.orientation}), "
                f"and its size {size.width} x {size.height} does not tell whether the boxes are "
                "of before or after; say which with ?exif=ignored or ?exif=applied (or the option "
                "exif), or send it upright",
            )
        ]
    )


def _alike(one: float, other: float) -> bool:
    return abs(one / other - 1) <= _ALIKE


def _turned(seen: Detection, orientation: int) -> Detection:
    update: dict[str, object] = {}
    if (box := seen.box) is not None:
        ends = [(box.x, box.y), (box.x + box.w, box.y + box.h)]
        (x1, y1), (x2, y2) = (_moved(end, orientation) for end in ends)
        update["box"] = Box(x=min(x1, x2), y=min(y1, y2), w=abs(x2 - x1), h=abs(y2 - y1))
    if seen.polygon is not None:
        update["polygon"] = [_moved(point, orientation) for point in seen.polygon]
    if seen.keypoints is not None:
        update["keypoints"] = [
            (*_moved((x, y), orientation), score) for x, y, score in seen.keypoints
        ]
    return seen.model_copy(update=update)


def _moved(point: Point, orientation: int) -> Point:
    """Return where a point of the stored picture is when it is shown (Exif 2.32, 4.6.4)."""
    x, y = point
    return {
        2: (1 - x, y),
        3: (1 - x, 1 - y),
        4: (x, 1 - y),
        5: (y, x),
        6: (1 - y, x),
        7: (1 - y, 1 - x),
        8: (y, 1 - x),
    }.get(orientation, point)
