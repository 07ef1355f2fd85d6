"""RedisRetention: forgetting old entries and keys of a log in Redis, a batch at a time."""

from datetime import timedelta
from typing import Final

from dashboard.log.clock import Clock, microseconds
from dashboard.log.leaps import Leaps
from dashboard.log.options import LogOptions
from dashboard.log.redis_scripts import FORGET_KEYS, TRIM
from dashboard.log.redis_sequence import RedisSequence, RedisState

BATCH: Final = 1_000
"""Keys that are looked at together."""
_MICROSECOND: Final = timedelta(microseconds=1)


class RedisRetention:
    """Forgets what DatabaseLog would. Time that a clock leapt over did not pass."""

    def __init__(self, sequence: RedisSequence, options: LogOptions, clock: Clock) -> None:
        self._sequence = sequence
        self._options = options
        self._now = microseconds(clock.now())

    async def trim(self) -> int:
        """Forget what is too old or too much; return how many entries went."""
        state = await self._sequence.state()
        leaps = await self._sequence.leaps(state)
        kept = await self._kept(state, leaps)
        gone = 0
        if kept > state.oldest:
            gone = await self._sequence.server.run(TRIM, [self._sequence.prefix], [kept])
        first_key = await self._forget_keys(leaps, kept)
        await self._forget_leaps(state, min(kept, first_key or kept))
        return int(gone)

    async def _kept(self, state: RedisState, leaps: Leaps) -> int:
        kept, end = state.oldest, state.head.seq + 1
        if self._options.max_entries is not None:
            kept = max(kept, end - self._options.max_entries)
        if self._options.retention is not None:
            cutoff = self._now - self._options.retention // _MICROSECOND
            kept = await self._sequence.first_that(
                kept, end, lambda *entry: leaps.lived(*entry) >= cutoff
            )
        return kept

    async def _forget_keys(self, leaps: Leaps, oldest: int) -> int | None:
        """Forget keys that nobody can ask for; return the first seq of the oldest that is left.

        Without retention by age, a key stays as long as its entries do.
        """
        prefix, server = self._sequence.prefix, self._sequence.server
        cutoff = self._now - self._options.keys_kept // _MICROSECOND
        while True:
            (found,) = await server.ask(("ZRANGE", f"{prefix}keyed", 0, BATCH - 1, "WITHSCORES"))
            if not found:
                return None
            names, firsts = found[::2], [int(float(score)) for score in found[1::2]]
            (receipts,) = await server.ask(("HMGET", f"{prefix}keys", *names))
            expired: list[object] = []
            for name, first, receipt in zip(names, firsts, receipts, strict=True):
                received = int(receipt.rpartition(b":")[2]) if receipt else 0
                is_kept = self._options.retention is None and first >= oldest
                if is_kept or leaps.lived(first, received) >= cutoff:
                    break
                expired += [name, first]
            if expired:
                await server.run(FORGET_KEYS, [prefix], expired)
            if len(expired) < 2 * len(names):
                return firsts[len(expired) // 2]

    async def _forget_leaps(self, state: RedisState, before: int) -> None:
        """Forget leaps before which nothing came that is still here."""
        gone = sum(leap.seq < before for leap in state.leaps)
        if gone:
            await self._sequence.server.ask(("LTRIM", f"{self._sequence.prefix}leaps", gone, -1))
