"""Clock: what time it is, and how long this machine has run, which nobody can set."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

from producers.base import utc_now

UNIX: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


def microseconds(moment: datetime) -> int:
    return (moment - UNIX) // _MICROSECOND


def moment(micros: int) -> datetime:
    return UNIX + timedelta(microseconds=micros)


class Uptime(NamedTuple):
    """How many microseconds the machine has run, suspended or not, since the boot named `boot`."""

    boot: str
    micros: int


class Reading(NamedTuple):
    """The time, and when by the same clock the boot was; both in microseconds since 1970.

    While the clock only runs, `booted` stays what it is.
    """

    now: int
    boot: str
    booted: int


def _name_of_boot() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        # Another system: only what this process itself has seen can be compared.
        return f"process {uuid4()}"


_BOOT: Final = _name_of_boot()


def uptime() -> Uptime:
    """Return it as the kernel counts it: where it can be had, with the time spent suspended."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    nanos = time.monotonic_ns() if boottime is None else time.clock_gettime_ns(boottime)
    return Uptime(_BOOT, nanos // 1_000)


class Clock:
    """Both together. It may be asked by any thread."""

    def __init__(
        self, now: Callable[[], datetime] = utc_now, uptime: Callable[[], Uptime] = uptime
    ) -> None:
        self.now = now
        self.uptime = uptime

    def ran(self) -> float:
        """Return for how many seconds the machine has run: a time that only passes."""
        return self.uptime().micros / 1e6

    def read(self) -> Reading:
        now, ran = microseconds(self.now()), self.uptime()
        return Reading(now, ran.boot, now - ran.micros)
