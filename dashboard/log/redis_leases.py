"""RedisLeases: what a log in Redis does about leases."""

from collections.abc import Collection

from dashboard.log.clock import Clock
from dashboard.log.lease import Fence, Lease, must_fit
from dashboard.log.lease_sightings import LeaseRow, LeaseSightings
from dashboard.log.redis_entries import text
from dashboard.log.redis_scripts import GIVE_UP, TAKE
from dashboard.log.redis_server import RedisServer


class RedisLeases:
    """Rows in a hash, a line for each value. Belongs to one event loop."""

    def __init__(self, server: RedisServer, prefix: str, clock: Clock) -> None:
        self._server = server
        self._prefix = prefix
        self._clock = clock
        self._sightings = LeaseSightings()

    async def read(self) -> dict[str, Lease]:
        """Return what Leasing.leases does."""
        rows = await self._rows()
        return {
            name: Lease(row.holder, row.number, self._is_free(row))
            for name, (row, _) in rows.items()
        }

    async def take(self, names: Collection[str], holder: str, ttl: float) -> dict[str, Fence]:
        """Do what Leasing.lease does."""
        must_fit(names, holder)
        rows = await self._rows()
        wanted: list[str] = []
        for name in names:
            row, stored = rows.get(name, (None, ""))
            if row is None or row.holder == holder or self._is_free(row):
                wanted += [name, stored]
        if not wanted:
            return {}
        now, micros = self._clock.uptime(), int(ttl * 1e6)
        mine = f"{holder}\n{now.boot}\n{now.micros + micros}\n{micros}"
        taken = await self._server.run(TAKE, [self._prefix], [holder, mine, *wanted])
        pairs = zip(map(text, taken[::2]), map(int, taken[1::2]), strict=True)
        return {name: Fence(name, number) for name, number in pairs}

    async def give_up(self, fences: Collection[Fence]) -> None:
        """Do what Leasing.release does."""
        args = [value for fence in fences for value in fence]
        await self._server.run(GIVE_UP, [self._prefix], args)

    def _is_free(self, row: LeaseRow) -> bool:
        return self._sightings.is_free(row, self._clock.uptime())

    async def _rows(self) -> dict[str, tuple[LeaseRow, str]]:
        """Return the leases by name, each also as it is stored."""
        (found,) = await self._server.ask(("HGETALL", f"{self._prefix}leases"))
        rows = {}
        for name, stored in zip(map(text, found[::2]), map(text, found[1::2]), strict=True):
            number, holder, boot, until, ttl = stored.split("\n")
            rows[name] = (
                LeaseRow(name, int(number), holder, boot, int(until), int(ttl)),
                stored,
            )
        return rows
