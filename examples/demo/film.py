"""Film: a photograph, panned into a video that a camera can read.

python -m examples.demo.film film.avi
"""

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from skimage import data

RATE: Final = 15.0
SECONDS: Final = 24
SIZE: Final = (640, 480)
SCALE: Final = 2.0
FACE: Final = (177, 66, 95, 95)
"""Left, top, width and height of the one face on the photograph, in its own pixels."""


def path(frames: int) -> Iterator[tuple[int, int]]:
    """Yield where the view's top left corner is on the photograph, made `SCALE` as large.

    It ends where it begins. For about a quarter of the time the face is out of sight.
    """
    across, down = 0.9 * (512 * SCALE - SIZE[0]), 512 * SCALE - SIZE[1]
    for number in range(frames):
        turn = 2 * math.pi * number / frames
        x = across / 2 * (1 + math.sin(2 * turn))
        y = down * ((1 - math.cos(turn)) / 2) ** 8
        yield round(x), round(y)


def make(film: Path, *, frames: int = round(RATE * SECONDS)) -> list[tuple[int, int]]:
    """Write the film; return where the face's top left corner is on each frame, in pixels."""
    astronaut: Any = data.astronaut()  # type: ignore[no-untyped-call]
    large = cv2.resize(astronaut, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC)
    photograph = cv2.cvtColor(large, cv2.COLOR_RGB2BGR)
    film.parent.mkdir(parents=True, exist_ok=True)
    # Under another name first: a run that is broken off must leave nothing that looks finished.
    unfinished = film.with_name(f"unfinished-{film.name}")
    writer = cv2.VideoWriter(str(unfinished), cv2.VideoWriter.fourcc(*"MJPG"), RATE, SIZE)
    truth = []
    for x, y in path(frames):
        writer.write(np.ascontiguousarray(photograph[y : y + SIZE[1], x : x + SIZE[0]]))
        truth.append((round(FACE[0] * SCALE) - x, round(FACE[1] * SCALE) - y))
    writer.release()
    unfinished.replace(film)
    return truth


if __name__ == "__main__":
    make(Path(sys.argv[1]))
