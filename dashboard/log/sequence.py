"""Head: the log's epoch and last number, and the recognition that the log is another one."""

import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import transaction

from dashboard.log.base import EntryId
from dashboard.log.session import Session
from dashboard.models import LogHead

UNIX: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

# Its one row has this id.
_ID: Final = 1
_TABLE: Final = LogHead._meta.db_table
_READ: Final = f"SELECT epoch, seq, received FROM {_TABLE} WHERE id = {_ID}"  # noqa: S608
_TAKE: Final = (
    f"UPDATE {_TABLE} SET seq = seq + %s, "  # noqa: S608
    f"received = CASE WHEN received < %s THEN %s ELSE received END WHERE id = {_ID}"
)


class Head(NamedTuple):
    """The last number that was given, in which epoch, and when (microseconds since 1970)."""

    epoch: str
    seq: int
    received: int

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

    @property
    def newest(self) -> EntryId | None:
        return self._newest

    def note(self, newest: EntryId) -> None:
        """Remember what was read or committed. Late news of the same epoch change nothing."""
        with self._lock:
            known = self._newest
            if known is None or known.epoch != newest.epoch or known.seq < newest.seq:
                self._newest = newest


def new_epoch(now: datetime) -> str:
    """Return a name that no other log has: hexadecimal, at most 20 characters."""
    return f"{int(now.timestamp() * 1000):x}{secrets.token_hex(3)}"


def microseconds(moment: datetime) -> int:
    return (moment - UNIX) // _MICROSECOND


def moment(micros: int) -> datetime:
    return UNIX + timedelta(microseconds=micros)


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
    if head is None:
        raise OSError("the log's head row went away while it was read")
    water.note(head.id)
    return head


def take(cursor: Any, count: int, water: HighWater, now: datetime) -> Head:
    """Take the next `count` numbers, within the transaction that uses them; return the new head.

    It is the transaction's first statement: its row lock puts the writers of all processes in
    line, so that entries become visible in the order of their numbers. Raises HeadMissing.
    """
    micros = microseconds(now)
    cursor.execute(_TAKE, (count, micros, micros))
    if cursor.rowcount == 0:
        raise HeadMissing
    cursor.execute(_READ)
    head = Head(*cursor.fetchone())
    seen = water.newest
    if seen is not None and seen.epoch == head.epoch and head.seq - count < seen.seq:
        head = head._replace(epoch=new_epoch(now))
        cursor.execute(f"UPDATE {_TABLE} SET epoch = %s WHERE id = {_ID}", (head.epoch,))  # noqa: S608
    return head


def hold_head(session: Session) -> None:
    """Take the lock that `take` does, and let it go: what can do this can write."""
    with transaction.atomic(using=session.alias):
        LogHead.objects.using(session.alias).select_for_update().first()


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
