"""LeaseSightings: whether a lease has run out, told without a clock that anybody can set."""

from typing import NamedTuple

from dashboard.log.clock import Uptime


class LeaseRow(NamedTuple):
    """A lease as it is stored. `boot` and `until` say when it runs out by its holder's Uptime,
    `ttl` for how long it was taken; the last two in microseconds."""

    name: str
    number: int
    holder: str
    boot: str
    until: int
    ttl: int


class LeaseSightings:
    """What this process has seen of the leases of others, and since when. One thread's.

    A holder on the same run of the same machine is told by the time that this has run. Any other
    one has failed when it has not renewed for the lease's whole ttl under this process's eyes.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[LeaseRow, int]] = {}

    def is_free(self, row: LeaseRow, now: Uptime) -> bool:
        """Return whether whoever asks may take it; to be asked again and again."""
        if not row.holder:
            return True
        if row.boot == now.boot:
            return now.micros > row.until
        seen, since = self._seen.get(row.name, (None, 0))
        if seen != row:
            self._seen[row.name] = row, now.micros
            return False
        return now.micros - since > row.ttl
