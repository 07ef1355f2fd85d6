"""Publisher: events at a steady rate, each marked with when it was due."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from benchmarks.marks import Mark, clock

Send: TypeAlias = Callable[[Sequence[Mark]], None]
"""Sends these events to a server, in order."""

MOST_SENDS: Final = 100
"""Sends a second; a higher rate goes in batches."""
_GIVE_UP: Final = 1.0
"""Seconds behind schedule after which a server is not given any more."""


@dataclass(frozen=True, slots=True)
class Published:
    """How many events were sent, numbered 1 to `count`, and whether the rate was held."""

    count: int
    on_time: bool


def publish(
    send: Send, rate: float, seconds: float, *, sends: int = MOST_SENDS, first: int = 1
) -> Published:
    """Send `rate` events/s. A server that makes us wait does not get younger events for it: each
    is marked with when it was due."""
    size = max(1, round(rate / sends))
    wanted = max(size, round(rate * seconds))
    began, sent, on_time = time.monotonic(), 0, True
    while sent < wanted and on_time:
        due = began + sent / rate
        if (early := due - time.monotonic()) > 0:
            time.sleep(early)
        numbers = range(first + sent, first + sent + size)
        send([Mark(number, clock(due)) for number in numbers])
        sent += size
        on_time = time.monotonic() - due < _GIVE_UP
    return Published(sent, on_time)
