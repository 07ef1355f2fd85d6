"""Picture: what a producer is told of a picture that came with a document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture: its id, and its size in pixels as it is shown (upright)."""

    id: str
    width: int
    height: int
