"""Head: the log's epoch and last number, and the recognition that the log is another one."""

import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import transaction

from dashboard.log.base import EntryId
from dashboard.log.clock import Reading, moment
from dashboard.log.leaps import LEAD, Leap, Leaps, leap_between
from dashboard.log.session import Session
from dashboard.models import LogEntry, LogHead, LogLeap

# Its one row has this id.
_ID: Final = 1
_TABLE: Final = LogHead._meta.db_table
_LEAP_TABLE: Final = LogLeap._meta.db_table
_READ: Final = f"SELECT epoch, seq, received, boot, booted FROM {_TABLE} WHERE id = {_ID}"  # noqa: S608
# No later entry is older, unless the clock leapt.
_TAKE: Final = (
    f"UPDATE {_TABLE} SET seq = seq + %s, "  # noqa: S608
    f"received = CASE WHEN received BETWEEN %s AND %s THEN received ELSE %s END WHERE id = {_ID}"
)
_PROBE: Final = f"UPDATE {_TABLE} SET probed = %s WHERE id = {_ID}"  # noqa: S608
_SET_CLOCK: Final = f"UPDATE {_TABLE} SET boot = %s, booted = %s WHERE id = {_ID}"  # noqa: S608
_LEAPS: Final = f"SELECT seq, leapt, stopped, noticed FROM {_LEAP_TABLE} ORDER BY seq"  # noqa: S608
_ADD_TO_LEAP: Final = (
    f"UPDATE {_LEAP_TABLE} SET leapt = leapt + %s, stopped = stopped + %s, noticed = %s "  # noqa: S608
    "WHERE seq = %s"
)
_NOTE_LEAP: Final = (
    f"INSERT INTO {_LEAP_TABLE} (leapt, stopped, noticed, seq) VALUES (%s, %s, %s, %s)"  # noqa: S608
)
_RECEIVED: Final = f"SELECT received FROM {LogEntry._meta.db_table} WHERE seq = %s"  # noqa: S608
_SLEWED: Final = 100_000
"""Microseconds by which a clock that is slowly set right is off before it is noted."""


class Head(NamedTuple):
    """The last number that was given, in which epoch, and when (microseconds since 1970).

    `boot` and `booted` are what was read of the clock then, as in a Reading.
    """

    epoch: str
    seq: int
    received: int
    boot: str
    booted: int

    @property
    def id(self) -> EntryId:
        return EntryId(self.epoch, self.seq)


class HeadMissing(Exception):
    """There is no head row yet; read_head makes it, outside the transaction."""


class HighWater:
    """The newest entry that this process knows to be in the log; it may be asked by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: EntryId | None = None
        self.renounced: str | None = None
        """An epoch that is over: nobody knows which of its entries the log still holds."""

    @property
    def newest(self) -> EntryId | None:
        return self._newest

    def note(self, newest: EntryId) -> None:
        """Remember what was read or committed. Late news of the same epoch change nothing."""
        with self._lock:
            known = self._newest
            if known is None or known.epoch != newest.epoch or known.seq < newest.seq:
                self._newest = newest

    def renounce(self) -> None:
        """Have the log get another epoch, if it still has the one that is known."""
        with self._lock:
            if self._newest is not None:
                self.renounced = self._newest.epoch


def new_epoch(now: datetime) -> str:
    """Return a name that no other log has: hexadecimal, at most 20 characters."""
    return f"{int(now.timestamp() * 1000):x}{secrets.token_hex(3)}"


def read_head(session: Session, water: HighWater, now: Callable[[], datetime]) -> Head:
    """Return the head as it is now, making it on the very first use.

    When it fell behind what this process has seen, an older state was put in its place; its
    numbers will be given a second time, so it gets another epoch first.
    """
    # Before the reading: what is committed while it runs must not look like a fall.
    seen = water.newest
    head = _read(session)
    if head is None:
        LogHead.objects.using(session.alias).get_or_create(
            id=_ID, defaults={"epoch": new_epoch(now())}
        )
        head = _read(session)
    elif seen is not None and seen.epoch == head.epoch and head.seq < seen.seq:
        # Of all processes that see the fall, one gives the epoch: to the others it has changed.
        LogHead.objects.using(session.alias).filter(
            id=_ID, epoch=seen.epoch, seq__lt=seen.seq
        ).update(epoch=new_epoch(now()))
        head = _read(session)
    if head is not None and head.epoch == water.renounced:
        LogHead.objects.using(session.alias).filter(id=_ID, epoch=head.epoch).update(
            epoch=new_epoch(now())
        )
        head = _read(session)
    if head is None:
        raise OSError("the log's head row went away while it was read")
    water.note(head.id)
    return head


def take(cursor: Any, count: int, water: HighWater, now: Reading) -> Head:
    """Take the next `count` numbers, within the transaction that uses them; return the new head.

    It is the transaction's first statement: its row lock puts the writers of all processes in
    line, so that entries become visible in the order of their numbers. Raises HeadMissing.
    """
    cursor.execute(_TAKE, (count, now.now, now.now + LEAD, now.now))
    if cursor.rowcount == 0:
        raise HeadMissing
    cursor.execute(_READ)
    head = Head(*cursor.fetchone())
    if head.boot != now.boot or abs(head.booted - now.booted) > _SLEWED:
        _note_clock(cursor, head, head.seq - count + 1, now)
    seen = water.newest
    fell = seen is not None and seen.epoch == head.epoch and head.seq - count < seen.seq
    if fell or head.epoch == water.renounced:
        head = head._replace(epoch=new_epoch(moment(now.now)))
        cursor.execute(f"UPDATE {_TABLE} SET epoch = %s WHERE id = {_ID}", (head.epoch,))  # noqa: S608
    return head


def read_leaps(session: Session, head: Head, now: Reading) -> Leaps:
    """Return the leaps of the clock up to `now`, also one that no entry has come after."""
    leaps = [Leap(*row) for row in session.fetch(_LEAPS)]
    pending = leap_between(head.boot, head.booted, head.received or None, head.seq + 1, now)
    return Leaps([*leaps, pending] if pending.by or pending.stopped else leaps)


def _note_clock(cursor: Any, head: Head, first: int, now: Reading) -> None:
    """Note in the transaction that takes numbers from `first` on what the clock is by now."""
    cursor.execute(_SET_CLOCK, (now.boot, now.booted))
    received = None
    if head.boot != now.boot:
        cursor.execute(_RECEIVED, (first - 1,))
        row = cursor.fetchone()
        received = None if row is None else row[0]
    leap = leap_between(head.boot, head.booted, received, first, now)
    if leap.by or leap.stopped:
        values = (leap.by, leap.stopped, leap.at, leap.seq)
        # A transaction that used no number may have noted one there.
        cursor.execute(_ADD_TO_LEAP, values)
        if cursor.rowcount == 0:
            cursor.execute(_NOTE_LEAP, values)


def hold_head(session: Session) -> None:
    """Take the lock that `take` does, and let it go: nobody else keeps it."""
    with transaction.atomic(using=session.alias):
        wait_in_line(session)


def wait_in_line(session: Session) -> None:
    """Take the lock that `take` does until the transaction ends; nobody appends meanwhile."""
    LogHead.objects.using(session.alias).select_for_update().first()


def write_head(session: Session, now: Reading) -> None:
    """Commit a change of the row that `take` changes: the disk takes it."""
    with session.transaction() as cursor:
        cursor.execute(_PROBE, (now.now,))


def renew(session: Session, water: HighWater, now: Callable[[], datetime]) -> tuple[Head, Head]:
    """Give another epoch, whatever was seen; return the head as it was and as it is."""
    before = read_head(session, water, now)
    with session.transaction():
        LogHead.objects.using(session.alias).filter(id=_ID).update(epoch=new_epoch(now()))
    return before, read_head(session, water, now)


def give_back(cursor: Any, count: int) -> None:
    """Return the last `count` numbers that this transaction took and did not use."""
    cursor.execute(f"UPDATE {_TABLE} SET seq = seq - %s WHERE id = {_ID}", (count,))  # noqa: S608


def _read(session: Session) -> Head | None:
    rows = session.fetch(_READ)
    return Head(*rows[0]) if rows else None
