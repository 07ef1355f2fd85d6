"""Rates: how many events one sender may send, counted in this process's memory."""

import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple, Self

UNLIMITED: Final = "none"
LEGAL: Final = "100/s, 6000/m or 1000/h, or none for any number"

_RATE: Final = re.compile(r"([1-9][0-9]{0,8})/([smh])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


class BadRate(ValueError):
    """A text is no rate; the message says what is legal."""


class Rate(NamedTuple):
    """So many events in `period` seconds. As many may come at once after a pause of a period."""

    events: int
    period: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the rate that `text` says; None when it says that there is none.

        Raises BadRate.
        """
        if text == UNLIMITED:
            return None
        match = _RATE.fullmatch(text)
        if match is None:
            raise BadRate(f"{text!r:.80} is no rate (legal: {LEGAL})")
        return cls(int(match[1]), _SECONDS[match[2]])

    @property
    def per_second(self) -> float:
        return self.events / self.period

    @property
    def unit(self) -> str:
        return {1: "second", 60: "minute", 3600: "hour"}[self.period]

    def __str__(self) -> str:
        return f"{self.events}/{self.unit[0]}"


rate_of = lru_cache(maxsize=256)(Rate.parse)
"""`Rate.parse`, remembered."""


class Bucket:
    """A token bucket: full at first, refilled evenly. `clock` gives monotonic seconds."""

    __slots__ = ("_at", "_clock", "_left", "_refill", "rate")

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._refill = rate.per_second
        self._clock = clock
        self._left = float(rate.events)
        self._at = clock()

    def take(self, events: int) -> float:
        """Take so many events and return 0; or take none, and return after how many seconds to ask.

        More than `rate.events` at once are never given.
        """
        now = self._clock()
        left = self._left + (now - self._at) * self._refill
        if left > self.rate.events:
            left = float(self.rate.events)
        self._at = now
        if left < events:
            self._left = left
            return (events - left) / self._refill
        self._left = left - events
        return 0.0

    def give_back(self, events: int) -> None:
        """Undo a `take`."""
        self._left += events
