"""Picture: what a producer is told of a picture that came with a document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture: its id, and its size in pixels as it is shown (upright).

    `orientation` is what the Exif metadata of the file that came said, 1 to 8: how it was turned
    to be shown so; 1 is not at all.
    """

    id: str
    width: int
    height: int
    orientation: int = 1
