"""Spaces: whether coordinates are fractions of the picture or its pixels, where nobody says it."""

from collections.abc import Iterable
from typing import Final, Literal

from producers.detections.bounds import ROUNDED
from producers.detections.payload import Payload

Space = Literal["relative", "px"]

PIXELS: Final = 2.0
"""From here on it is pixels; between the two nobody can know."""


def space_of(payload: Payload, said: Iterable[object], told: Space | None = None) -> Space:
    """Return the space of all coordinates of `payload`: `told`, else by how large they are.

    Raises Unreadable where they could be a few pixels or lie a little outside the picture.
    """
    if told is not None:
        return told
    numbers = [value for value in said if isinstance(value, int | float)]
    most = max(numbers, default=0)
    if most <= ROUNDED:
        return "relative"
    if most < PIXELS:
        raise payload.fault(
            f"coordinates up to {most:g} are a few pixels, or fractions of the picture that lie "
            "outside it; say which with ?box_space=px or ?box_space=relative"
        )
    return "px"
