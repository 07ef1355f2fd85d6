"""Frames: a picture of a source, and what every kind of source can do."""

import time
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
"""Height x width x 3: blue, green, red."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture, and when it was taken, in seconds since 1970."""

    image: Image
    time: float = field(default_factory=time.time)


class Frames(Protocol):
    """An open source."""

    def newest(self) -> Frame:
        """Wait for a picture that is newer than this call. Raises Fault or Ended."""


def in_colour(image: Any) -> Image:
    """Return what OpenCV read in blue, green, red; grey cameras have one channel only."""
    array = np.asarray(image, dtype=np.uint8)
    if array.ndim == 2:
        array = array[:, :, np.newaxis]
    if array.shape[2] == 1:
        array = np.repeat(array, 3, axis=2)
    return np.ascontiguousarray(array[:, :, :3])
