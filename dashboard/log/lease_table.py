"""LeaseTable: what a log in a database does about leases."""

from collections.abc import Collection

from dashboard.log.clock import Clock
from dashboard.log.lease import Fence, Lease, must_fit
from dashboard.log.lease_rows import give_up_leases, read_leases, take_leases
from dashboard.log.lease_sightings import LeaseRow, LeaseSightings
from dashboard.log.sequence import HighWater, read_head
from dashboard.log.session import Reader, Session
from dashboard.log.writer import Writer


class LeaseTable:
    """Asks on the log's reader and changes on its writer. Belongs to the event loop."""

    def __init__(self, reader: Reader, writer: Writer, water: HighWater, clock: Clock) -> None:
        self._reader = reader
        self._writer = writer
        self._water = water
        self._clock = clock
        self._sightings = LeaseSightings()

    async def read(self) -> dict[str, Lease]:
        """Return what Leasing.leases does."""
        rows = await self._reader.run(read_leases)
        return {
            name: Lease(row.holder, row.number, self._is_free(row)) for name, row in rows.items()
        }

    async def take(self, names: Collection[str], holder: str, ttl: float) -> dict[str, Fence]:
        """Do what Leasing.lease does."""
        must_fit(names, holder)
        rows = await self._reader.run(read_leases)
        seen = {
            name: row
            for name in names
            if (row := rows.get(name)) is None or row.holder == holder or self._is_free(row)
        }

        def take(session: Session) -> dict[str, Fence]:
            read_head(session, self._water, self._clock.now)
            return take_leases(session, seen, holder, int(ttl * 1e6), self._clock.uptime())

        return await self._writer.run(take) if seen else {}

    async def give_up(self, fences: Collection[Fence]) -> None:
        """Do what Leasing.release does."""

        def give_up(session: Session) -> None:
            read_head(session, self._water, self._clock.now)
            give_up_leases(session, fences)

        await self._writer.run(give_up)

    def _is_free(self, row: LeaseRow) -> bool:
        return self._sightings.is_free(row, self._clock.uptime())
