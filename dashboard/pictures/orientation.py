"""Orientation: how a picture is to be turned, out of its Exif metadata; all else in it is left."""

from struct import error, unpack_from
from typing import Final

from PIL.Image import Transpose

TURNS: Final = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
_MOST_ENTRIES: Final = 1_000


def turn_of(exif: bytes) -> Transpose | None:
    """Return what turns the picture upright; None where nothing does, or nothing legible says."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return None
    try:
        (first,) = unpack_from(order + "I", exif, 4)
        (count,) = unpack_from(order + "H", exif, first)
        for entry in range(min(count, _MOST_ENTRIES)):
            tag, kind, _, value = unpack_from(order + "HHIH", exif, first + 2 + 12 * entry)
            if (tag, kind) == (_ORIENTATION, _SHORT):
                return TURNS.get(value)
    except error:
        return None
    return None
