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


def orientation_of(exif: bytes) -> int:
    """Return how the picture is to be turned, a key of TURNS; 1 where nothing legible says it."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (first,) = unpack_from(order + "I", exif, 4)
        (count,) = unpack_from(order + "H", exif, first)
        for entry in range(min(count, _MOST_ENTRIES)):
            tag, kind, _, value = unpack_from(order + "HHIH", exif, first + 2 + 12 * entry)
            if (tag, kind) == (_ORIENTATION, _SHORT):
                return value if value in TURNS else 1
    except error:
        return 1
    return 1
