"""Policy: how patient the supervisor is with producers, and with the log."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from producers.backoff import Backoff
from producers.base import utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient the supervisor is. Times are in seconds."""

    restart: Backoff = field(default=Backoff(1.0, 60.0))
    """Between two starts of a producer that falls."""
    healthy: float = 60.0
    """A run this long makes the next fall count as the first."""
    retry: Backoff = field(default=Backoff(0.1, 5.0))
    """Between two tries to append while the log is away."""
    retry_on: tuple[type[Exception], ...] = ()
    """What `append` raises when the log is away: the same event is tried again."""
    ends_on: tuple[type[Exception], ...] = ()
    """What `append` raises when the producer is another process's by now: it ends at once."""
    complain_every: float = 60.0
    """At most one line about dropped events in this time; their error stays visible as long."""
    watch_every: float = 1.0
    """Between two looks at whether each producer's loop still turns."""
    block_limit: float = 0.25
    """A loop that has not answered by then is blocked; clocks and cameras stutter from there."""
    stop_within: float = 2.0
    """What producers may take to clean up; then they are abandoned."""
    now: Callable[[], datetime] = field(default=utc_now)
    monotonic: Callable[[], float] = field(default=time.monotonic)
