"""Duties: what of all that must happen once happens in this process, by its leases."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from math import ceil
from typing import Final

from dashboard.log.base import EventLog, LogUnavailable
from dashboard.log.lease import Fence
from dashboard.wall.peers import Peers
from producers.registry import Registry
from producers.runner import Append
from producers.supervisor import Supervisor

UPKEEP: Final = "_upkeep"
"""The lease of trimming, sweeping and rollups. No producer is called so."""
TTL: Final = 7.5
"""Seconds after which what a server did that died is another's to do."""
_RENEW_EVERY: Final = TTL / 3
_LOOK_EVERY: Final = 0.5
"""Seconds between two looks for leases that are free."""
_PATIENCE: Final = 1.0
"""Seconds for which a lease is left to those who have less than their share."""


class Duties:
    """Takes this server's share of the producers' leases, keeps them, and has them run.

    Any server takes what nobody else does; those that run producers share them evenly. Belongs to
    the event loop.
    """

    def __init__(
        self,
        log: EventLog,
        peers: Peers,
        producers: Callable[[], Registry],
        supervisor: Supervisor,
        append: Callable[..., Awaitable[object]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`append` is EventLog's, or what stands before it; the producers' events go there."""
        self._log = log
        self._peers = peers
        self._me = peers.me
        self._producers = producers
        self._supervisor = supervisor
        self._append = append
        self._clock = clock
        self._turn = asyncio.Lock()
        self._ended = False
        self._fences: dict[str, Fence] = {}
        self._appends: dict[str, Append] = {}
        self._renewed = 0.0
        self._free_since: dict[str, float] = {}
        self._shared_with = 0
        self._woken = asyncio.Event()
        self.holders: Mapping[str, str] = {}
        """Who held each lease when it was last looked at."""

    @property
    def upkeep(self) -> bool:
        """Whether trimming, sweeping and rollups are this server's."""
        return UPKEEP in self._fences

    def wake(self) -> None:
        """Look at once: there are other producers, or other servers."""
        self._woken.set()

    async def keep_up(self) -> None:
        """Wait for the next look's time, and look. Raises LogUnavailable."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_EVERY):
                await self._woken.wait()
        self._woken.clear()
        await self.look()

    async def look(self) -> None:
        """Let go what was lost, renew what is held, take what is free. Raises LogUnavailable."""
        async with self._turn:
            if not self._ended:
                await self._look()

    async def _look(self) -> None:
        now = self._clock()
        aliases = self._aliases()
        wanted = [UPKEEP, *aliases]
        leases = await self._log.leases()
        kept = {
            name: fence
            for name, fence in self._fences.items()
            if name in leases and leases[name].number == fence.number
        }
        free = [name for name in wanted if name not in leases or leases[name].free]
        self._free_since = {name: self._free_since.get(name, now) for name in free}
        surplus = [*self._surplus(aliases, kept), *(name for name in kept if name not in wanted)]
        if surplus:
            await self._run({name: kept[name] for name in kept if name not in surplus})
            await self._log.release([kept.pop(name) for name in surplus])
        taking = self._to_take(aliases, kept, now)
        if taking or (kept and now - self._renewed >= _RENEW_EVERY):
            kept = await self._log.lease([*kept, *taking], self._me.name, TTL)
            self._renewed = now
        await self._run(kept)
        theirs = {name: lease.holder for name, lease in leases.items() if not lease.free}
        self.holders = theirs | dict.fromkeys(kept, self._me.name)

    async def give_up(self) -> None:
        """Leave all to others, for good, once nothing of it runs here any more."""
        async with self._turn:
            self._ended = True
            if self._fences:
                with suppress(LogUnavailable):
                    await self._log.release([*self._fences.values()])

    async def _run(self, fences: dict[str, Fence]) -> None:
        """Have the producers run that these fences are of, and no others."""
        if fences == self._fences:
            return
        self._appends = {
            name: self._appends[name]
            if self._fences.get(name) == fence
            else partial(self._append, fence=fence)
            for name, fence in fences.items()
        }
        self._fences = fences
        await self._supervisor.hold(
            {name: self._appends[name] for name in fences if name != UPKEEP}
        )

    def _aliases(self) -> list[str]:
        """Return the producers that run by themselves, and may do so here."""
        if not self._me.produces:
            return []
        return [alias for alias, producer in self._producers().items() if producer.runs]

    def _surplus(self, aliases: Collection[str], kept: Collection[str]) -> list[str]:
        """Return what is held beyond this server's share, once for each server that comes."""
        others = sum(server.produces for server in self._peers.others)
        came, self._shared_with = others > self._shared_with, others
        if not came:
            return []
        mine = [name for name in aliases if name in kept]
        return mine[self._share(aliases) :]

    def _to_take(self, aliases: Collection[str], kept: Collection[str], now: float) -> list[str]:
        """Return what is free and this server's to take: up to its share at once."""
        room = self._share(aliases) - sum(name in kept for name in aliases)
        taking = []
        for name, since in self._free_since.items():
            if name in kept:
                continue
            if name == UPKEEP or room > 0 or now - since >= _PATIENCE:
                taking.append(name)
                room -= name != UPKEEP
        return taking

    def _share(self, aliases: Collection[str]) -> int:
        return ceil(len(aliases) / (1 + self._shared_with))
