"""On a picture: what a payload tells becomes what was seen on the picture that came with it."""

from collections.abc import Callable
from typing import Final

from producers.detections.detect_format import Found
from producers.detections.fields import Size
from producers.detections.model import Result
from producers.detections.payload import Unreadable
from producers.detections.turning import Exif, stored_size, told_by_reach, upright
from producers.pictures import Picture

UNSEEN: Final = "picture without detections"
"""The sentence of a picture that came alone: nobody said that nothing was seen on it."""

_OWN: Final = "eventwall"


def on_picture(
    value: object, picture: Picture, read: Callable[[object], Found], exif: Exif | None = None
) -> Found:
    """Return what `value` tells (None: there is only the picture), put on `picture`.

    Where the payload, the request or the producer's options declare another size, that is what
    pixels refer to: boxes are fractions of it, and so of the picture too; `exif` says whether it
    was turned before somebody looked at it. Raises Unreadable where the payload tells of several
    pictures.
    """
    if value is None:
        return Found(_OWN, [_put(Result(text=UNSEEN), picture, exif)])
    if isinstance(value, dict) and value.keys() <= Result.model_fields.keys():
        # A source or a time beside the picture is ours, though it is no detection.
        value = value | {"picture": picture.id}
    found = read(value)
    if len(found.results) > 1:
        said = f"this tells of {len(found.results)} pictures, but one came with it; send each alone"
        raise Unreadable([("", said)])
    return found._replace(results=[_put(result, picture, exif) for result in found.results])


def _put(result: Result, picture: Picture, exif: Exif | None) -> Result:
    size = Size(width=picture.width, height=picture.height)
    if result.box_space == "px":  # nobody told a size: it is the picture's, as the detector saw it
        exif = exif or told_by_reach(result, picture)
        seen = stored_size(picture) if exif == "ignored" else size
        result = upright(result.with_size(seen.width, seen.height), picture, exif)
    else:
        result = upright(result, picture, exif)
    return result.model_copy(update={"size": size, "picture": picture.id})
