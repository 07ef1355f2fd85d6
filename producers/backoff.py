"""Backoff: how long to wait before trying again."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double from `first` to `most` seconds, each shortened by up to half at random.

    The jitter keeps producers that failed together from coming back together.
    """

    first: float
    most: float

    def delay(self, failures: int) -> float:
        """Return the seconds to wait after that many failures in a row (1 or more)."""
        doublings = min(failures - 1, 32)
        whole = min(self.most, self.first * 2.0**doublings)
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing
