"""Film: a photograph with one face, panned into numbered frames; where the face is, is known."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image
from skimage import data

SIZE: Final = (320, 240)
FACE: Final = (177, 66, 95, 95)
"""Left, top, width and height on the photograph."""

_BITS: Final = 10
_BLOCK: Final = 8


def frames(count: int) -> Iterator[Any]:
    """Yield `count` pictures; each bears its number, as black and white blocks at its foot."""
    photograph: Any = np.ascontiguousarray(data.astronaut()[:, :, ::-1])  # type: ignore[no-untyped-call]
    for number in range(count):
        x, y = corner(number)
        picture = photograph[y : y + SIZE[1], x : x + SIZE[0]].copy()
        for bit in range(_BITS):
            left, white = bit * _BLOCK, 255 * (number >> bit & 1)
            picture[-_BLOCK:, left : left + _BLOCK] = white
        yield picture


def corner(number: int) -> tuple[int, int]:
    """Return where the view is on the photograph: to and fro, the face is always in it."""
    to_and_fro = abs(number % 80 - 40)
    return 20 + 3 * to_and_fro, to_and_fro


def face_on(number: int) -> tuple[int, int, int, int]:
    """Return where the face is on a frame: left, top, width, height in pixels."""
    x, y = corner(number)
    return FACE[0] - x, FACE[1] - y, FACE[2], FACE[3]


def number_of(jpeg: bytes) -> int:
    """Return the number that a picture bears."""
    with Image.open(BytesIO(jpeg)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == SIZE
        grey = np.asarray(picture.convert("L"))
    middle = SIZE[1] - _BLOCK // 2
    return sum(int(grey[middle, bit * _BLOCK + _BLOCK // 2] > 127) << bit for bit in range(_BITS))


def write_film(path: Path, count: int, rate: float = 25.0) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate, SIZE)
    for picture in frames(count):
        writer.write(picture)
    writer.release()
    return path


def jpegs(count: int) -> list[bytes]:
    return [cv2.imencode(".jpg", picture)[1].tobytes() for picture in frames(count)]
