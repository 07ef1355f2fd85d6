"""Lease rows: leases as the log's database holds them, changed in line with all appends."""

from collections.abc import Collection, Mapping
from typing import Final

from dashboard.log.clock import Uptime
from dashboard.log.lease import Fence
from dashboard.log.lease_sightings import LeaseRow
from dashboard.log.sequence import wait_in_line
from dashboard.log.session import Session
from dashboard.models import LogLease

_TABLE: Final = LogLease._meta.db_table
_READ: Final = f"SELECT {', '.join(LeaseRow._fields)} FROM {_TABLE}"  # noqa: S608
_NUMBERS: Final = f"SELECT name, number FROM {_TABLE}"  # noqa: S608
_WRITTEN: Final = ("number", "holder", "boot", "until", "ttl", "name")
_CHANGE: Final = f"UPDATE {_TABLE} SET {' = %s, '.join(_WRITTEN[:-1])} = %s WHERE name = %s"  # noqa: S608
_MAKE: Final = f"INSERT INTO {_TABLE} ({', '.join(_WRITTEN)}) VALUES ({', '.join(['%s'] * 6)})"  # noqa: S608
_GIVE_UP: Final = (
    f"UPDATE {_TABLE} SET number = number + 1, holder = '' WHERE name = %s AND number = %s"  # noqa: S608
)


def read_leases(session: Session) -> dict[str, LeaseRow]:
    return {row[0]: LeaseRow(*row) for row in session.fetch(_READ)}


def take_leases(
    session: Session, seen: Mapping[str, LeaseRow | None], holder: str, ttl: int, now: Uptime
) -> dict[str, Fence]:
    """Give `holder` the leases of these names for `ttl` microseconds, but for those that changed
    since they were `seen` (None: there was none) and are another's. The log must have a head."""
    taken = {}
    with session.transaction() as cursor:
        wait_in_line(session)
        rows = read_leases(session)
        for name, before in seen.items():
            row = rows.get(name)
            if row is not None and row.holder != holder and row != before:
                continue
            number = 1 if row is None else row.number + (row.holder != holder)
            values = (number, holder, now.boot, now.micros + ttl, ttl, name)
            cursor.execute(_MAKE if row is None else _CHANGE, values)
            taken[name] = Fence(name, number)
    return taken


def give_up_leases(session: Session, fences: Collection[Fence]) -> None:
    """Let those go that are still held. The log must have a head."""
    with session.transaction() as cursor:
        wait_in_line(session)
        for fence in fences:
            cursor.execute(_GIVE_UP, fence)


def lost_among(session: Session, fences: Collection[Fence]) -> set[Fence]:
    """Return which of `fences` are over, within a transaction that has taken numbers."""
    numbers = dict(session.fetch(_NUMBERS))
    return {fence for fence in fences if numbers.get(fence.lease) != fence.number}
