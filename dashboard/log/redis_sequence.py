"""RedisSequence: the head of a log in Redis, and what is done when its server is another one."""

from datetime import timedelta
from typing import Any, Final, NamedTuple

from dashboard.log.base import Bounds, CursorLost, Entry, EntryId
from dashboard.log.clock import Clock, microseconds
from dashboard.log.leaps import Leap, Leaps, leap_between
from dashboard.log.redis_entries import entry_of, text
from dashboard.log.redis_scripts import ADOPT, READ_HEAD
from dashboard.log.redis_server import RedisServer
from dashboard.log.sequence import Head, HighWater, new_epoch

_MICROSECOND: Final = timedelta(microseconds=1)


class RedisState(NamedTuple):
    """The head, the oldest seq that is held, and the leaps of the clock as they are stored."""

    head: Head
    oldest: int
    leaps: list[Leap]

    @property
    def bounds(self) -> Bounds:
        return Bounds(EntryId(self.head.epoch, self.oldest), self.head.id)


class RedisSequence:
    """Runs scripts that number entries, or tell how far they are numbered."""

    def __init__(self, server: RedisServer, prefix: str, water: HighWater, clock: Clock) -> None:
        self.server = server
        self.prefix = prefix
        self._water = water
        self._clock = clock

    async def run(self, script: str, *args: object) -> list[Any]:
        """Return what a script answers after its "ok". Raises LogUnavailable.

        A server that is not the one that wrote the head has what it had been sent by then. Where
        that may be less than was acknowledged, the log gets another epoch first.
        """
        while True:
            known = self._water.newest or EntryId("", 0)
            renounced = self._water.renounced or "-"
            fresh = new_epoch(self._clock.now())
            answer = await self.server.run(
                script, [self.prefix], [fresh, known.epoch, known.seq, renounced, *args]
            )
            if answer[0] == b"ok":
                self._water.note(EntryId(text(answer[1]), int(answer[2])))
                return list(answer[1:])
            epoch = "" if await self.server.keeps_all() else fresh
            await self.server.run(ADOPT, [self.prefix], [text(answer[2]), epoch])

    async def state(self, *, write: bool = False) -> RedisState:
        """Return it as it is now; `write`: raise LogUnavailable where an append would."""
        probed = microseconds(self._clock.now()) if write else ""
        epoch, seq, received, boot, booted, oldest, leaps = await self.run(READ_HEAD, probed)
        return RedisState(
            Head(text(epoch), int(seq), int(received), text(boot), int(booted)),
            int(oldest),
            [_leap(leap) for leap in leaps],
        )

    async def leaps(self, state: RedisState) -> Leaps:
        """Return the leaps up to now, also one that no entry has come after."""
        head = state.head
        received = head.received if head.seq else None
        pending = leap_between(head.boot, head.booted, received, head.seq + 1, self._clock.read())
        stored = state.leaps
        return Leaps([*stored, pending] if pending.by or pending.stopped else stored)

    async def page(self, after: EntryId, limit: int) -> list[Entry]:
        """Return up to `limit` entries after a cursor. Raises CursorLost."""
        stream, start = f"{self.prefix}log", f"(0-{min(after.seq, 2**63 - 1)}"
        (epoch, seq), found = await self.server.ask(
            ("HMGET", f"{self.prefix}head", "epoch", "seq"),
            ("XRANGE", stream, start, "+", "COUNT", limit),
        )
        if epoch is None or text(epoch) != after.epoch:
            raise CursorLost("foreign", after)
        if after.seq > int(seq):
            raise CursorLost("future", after)
        entries = [entry_of(after.epoch, one) for one in found]
        first = entries[0].id.seq if entries else int(seq) + 1
        if first != after.seq + 1:
            raise CursorLost("trimmed", after)
        return entries

    async def received(self, seq: int) -> int | None:
        """Return when entry `seq` was received, None when it was trimmed."""
        (found,) = await self.server.ask(("XRANGE", f"{self.prefix}log", f"0-{seq}", f"0-{seq}"))
        return int(found[0][1][13]) if found else None

    async def first_that(self, low: int, high: int, is_late: Any) -> int:
        """Return the first of the entries from seq `low` to before `high` that is late enough, as
        `first_that` in queries.py does."""
        while low < high:
            middle = (low + high) // 2
            received = await self.received(middle)
            if received is None or not is_late(middle, received):
                low = middle + 1
            else:
                high = middle
        return low


def _leap(stored: bytes) -> Leap:
    seq, by, stopped, at = map(int, stored.split(b":"))
    return Leap(seq, by, stopped, at)
