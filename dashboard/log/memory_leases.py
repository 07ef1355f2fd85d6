"""MemoryLeases: leases in this process alone, as a log in memory has them."""

from collections.abc import Collection

from dashboard.log.clock import Clock
from dashboard.log.lease import Fence, Lease, must_fit
from dashboard.log.lease_sightings import LeaseRow, LeaseSightings


class MemoryLeases:
    """What a MemoryLog does about leases."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows: dict[str, LeaseRow] = {}
        self._sightings = LeaseSightings()

    def take(self, names: Collection[str], holder: str, ttl: float) -> dict[str, Fence]:
        """Do what Leasing.lease does."""
        must_fit(names, holder)
        now, micros = self._clock.uptime(), int(ttl * 1e6)
        taken = {}
        for name in names:
            row = self._rows.get(name)
            if row is not None and row.holder != holder and not self._is_free(row):
                continue
            number = 1 if row is None else row.number + (row.holder != holder)
            self._rows[name] = LeaseRow(name, number, holder, now.boot, now.micros + micros, micros)
            taken[name] = Fence(name, number)
        return taken

    def give_up(self, fences: Collection[Fence]) -> None:
        """Do what Leasing.release does."""
        for fence in fences:
            if self.holds(fence):
                row = self._rows[fence.lease]
                self._rows[fence.lease] = row._replace(number=row.number + 1, holder="")

    def read(self) -> dict[str, Lease]:
        """Return what Leasing.leases does."""
        return {
            name: Lease(row.holder, row.number, self._is_free(row))
            for name, row in self._rows.items()
        }

    def holds(self, fence: Fence) -> bool:
        row = self._rows.get(fence.lease)
        return row is not None and row.number == fence.number

    def _is_free(self, row: LeaseRow) -> bool:
        return self._sightings.is_free(row, self._clock.uptime())
