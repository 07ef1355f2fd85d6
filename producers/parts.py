"""Parts: the events that one posted object holds, each with its place in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Parts:
    """At least one event, in order."""

    items: Sequence[tuple[Sequence[str], Any]]
    """The path to each, and its value."""
    left_out: Sequence[Sequence[str]] = ()
    """Paths to what stood beside them and is told in none."""
