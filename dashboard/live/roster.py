"""Roster: the subjects that one producer spoke of lately, in the order that people expect."""

import math
from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import Final

from dashboard.tiles.subjects import Present
from dashboard.widgets.latest import natural

MOST: Final = 2_000
"""Subjects that are known at once; of more, the last in order are not counted."""

_Key = tuple[list[tuple[int, int, str]], str]


class Roster:
    """Who was heard when, by the monotonic clock, for as long as the longest `keep` seconds.

    What it says depends on what the log holds alone, so each process says the same.
    """

    def __init__(self, keep: float) -> None:
        self.keep = keep
        self._heard: dict[str, float] = {}
        self._order: list[_Key] = []
        self._left_out = -math.inf

    def hear(self, subject: str, now: float) -> bool:
        """Note that it was spoken of at `now`; return whether it is a new one."""
        if subject in self._heard:
            self._heard[subject] = max(now, self._heard[subject])
            return False
        key = _key(subject)
        if len(self._order) >= MOST:
            self._left_out = now
            if key > self._order[-1]:
                return False
            del self._heard[self._order.pop()[1]]
        insort(self._order, key)
        self._heard[subject] = now
        return True

    def prime(self, heard: Mapping[str, float]) -> None:
        """Take what was heard before, as the log has it."""
        for subject, at in heard.items():
            self.hear(subject, at)

    def present(self, now: float, forget: float) -> Present:
        """Return those that were heard in the last `forget` seconds, and drop who is too old."""
        for subject in [s for s, at in self._heard.items() if now - at > self.keep]:
            del self._heard[subject]
            del self._order[bisect_left(self._order, _key(subject))]
        names = tuple(s for _, s in self._order if now - self._heard[s] <= forget)
        return Present(names, now - self._left_out <= forget)

    def clear(self) -> None:
        """Forget all: the log has become another one."""
        self._heard.clear()
        self._order.clear()
        self._left_out = -math.inf


def _key(subject: str) -> _Key:
    return natural(subject), subject
