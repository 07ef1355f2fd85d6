"""Leaps: where in the log the clock leapt, so that times on both sides can be compared. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from dashboard.log.clock import Reading, moment

LEAD: Final = 2_000_000
"""Microseconds by which the log's time may be ahead of the clock, so that a clock that is set
back by little lets no entry be older than the one before; beyond that, it leapt."""
_SKEW: Final = 3_600_000_000
"""By how much two machines' clocks, or one's before and after a boot, may differ: no leap yet."""
_DAY: Final = 24 * 3_600_000_000
_UNITS: Final = (("day", _DAY), ("hour", 3_600_000_000), ("minute", 60_000_000))


class Leap(NamedTuple):
    """The clock leapt `by` before entry `seq` came.

    `stopped` is how long nothing ran before it, of which nobody knows whether it is true: the
    machine was started anew, and perhaps with another time. `at` is when it was noticed, by the
    clock as it was then. All in microseconds.
    """

    seq: int
    by: int
    stopped: int
    at: int

    def __str__(self) -> str:
        size = abs(self.by)
        unit, length = next((one for one in _UNITS if size >= one[1]), ("second", 1_000_000))
        count = round(size / length)
        direction = "ahead" if self.by > 0 else "back"
        when = moment(self.at).isoformat(" ", "seconds")
        return f"{count} {unit}{'s' * (count != 1)} {direction} (noticed {when})"


def leap_between(boot: str, booted: int, received: int | None, seq: int, now: Reading) -> Leap:
    """Return by what the clock leapt, if at all, since entry `seq - 1`.

    `boot` and `booted` are what a Reading said then ("": nothing was known), `received` is when
    that entry came.
    """
    by = stopped = 0
    if boot == now.boot:
        by = now.booted - booted
        by = by if abs(by) > LEAD else 0
    elif boot and received is not None:
        passed = now.now - received
        by = passed if passed < -_SKEW else 0
        stopped = passed if passed > _DAY else 0
    return Leap(seq, by, stopped, now.now)


class Leaps:
    """The leaps among the entries of a log, oldest first.

    What a clock said before a leap is told as the present clock would have said it: so told, no
    entry came before the one that precedes it.
    """

    def __init__(self, leaps: Iterable[Leap]) -> None:
        self._leaps: list[Leap] = []
        ahead = 0
        for leap in leaps:
            ahead = leap.by if leap.stopped else ahead + leap.by
            if ahead < 0:
                # A machine that was started with a clock ahead, which was then set right: so
                # much of the time for which it had seemed to stand still did not pass.
                self._unstop(-ahead)
                ahead = 0
            self._leaps.append(leap)

    def __iter__(self) -> Iterator[Leap]:
        return iter(self._leaps)

    def came(self, seq: int, received: int) -> int:
        """Return when entry `seq` came, which said `received`, by the present clock."""
        return received + sum(leap.by for leap in self._leaps if leap.seq > seq)

    def lived(self, seq: int, received: int) -> int:
        """Return the same, but later by the stops of which nobody knows whether they are true."""
        return received + self._shift(seq)

    def stretches(self) -> Iterator[tuple[int, int, int]]:
        """Yield (first, last, shift) of each stretch of entries that no leap divides, both
        included, with what `lived` adds to their times; the last one has no end."""
        first = 0
        for leap in self._leaps:
            if leap.seq > first:
                yield first, leap.seq - 1, self._shift(first)
                first = leap.seq
        yield first, 2**63 - 1, 0

    def noticed_since(self, micros: int) -> list[Leap]:
        """Return those that were noticed at this time, by the present clock, or later."""
        return [
            leap
            for index, leap in enumerate(self._leaps)
            if leap.by and leap.at + sum(later.by for later in self._leaps[index + 1 :]) >= micros
        ]

    def _shift(self, seq: int) -> int:
        return sum(leap.by + leap.stopped for leap in self._leaps if leap.seq > seq)

    def _unstop(self, micros: int) -> None:
        for index in range(len(self._leaps) - 1, -1, -1):
            leap = self._leaps[index]
            part = min(micros, leap.stopped)
            self._leaps[index] = leap._replace(by=leap.by + part, stopped=leap.stopped - part)
            micros -= part
