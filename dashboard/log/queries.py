"""Rows: entries and receipts as the database holds them, written in bulk and read by page."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from django.db.models import Max, Min, Q, QuerySet

from dashboard.log.base import Entry, EntryId
from dashboard.log.clock import moment
from dashboard.log.encoding import KeyName
from dashboard.log.idempotency import Receipt
from dashboard.log.session import Session
from dashboard.models import LogEntry, LogReceipt
from producers.events import Event

PAGE: Final = 1_000
"""Rows read by one statement, so that no reader holds the database's write-ahead log up."""

PAGE_BYTES: Final = 2**20
"""Bytes of JSON read at once, but for the last entry: parsed, they take many times as much."""
_FETCHED: Final = 100
_decode: Final = json.JSONDecoder().raw_decode
"""json.loads for what we wrote: without the looks for space around it, which take longer."""

_ENTRY: Final = ("seq", "received", "producer", "type", "time", "subject", "key", "data")
_RECEIPT: Final = ("producer", "key", "digest", "first_seq", "count", "received")
# Below the 999 parameters that every SQLite takes.
_KEYS_AT_ONCE: Final = 500
_PARAMETERS_AT_ONCE: Final = 999


def insert_entries(cursor: Any, rows: Iterable[tuple[object, ...]]) -> None:
    """Store rows of seq, received and an event's Texts."""
    _insert(cursor, LogEntry._meta.db_table, _ENTRY, rows)


def insert_receipts(cursor: Any, receipts: Iterable[Receipt], received: int) -> None:
    _insert(
        cursor,
        LogReceipt._meta.db_table,
        _RECEIPT,
        ((*receipt, received) for receipt in receipts),
    )


def find_receipts(session: Session, names: Iterable[KeyName]) -> dict[KeyName, Receipt]:
    """Return the receipts that there are for these producers and keys."""
    keys_by_producer: dict[str, set[str]] = {}
    for producer, key in names:
        keys_by_producer.setdefault(producer, set()).add(key)
    found = {}
    for producer, keys in keys_by_producer.items():
        for some in _chunks(keys, _KEYS_AT_ONCE):
            for row in session.fetch(_find_sql(len(some)), (producer, *some)):
                receipt = Receipt(row[0], row[1], bytes(row[2]), row[3], row[4])
                found[receipt.name] = receipt
    return found


def entries_after(session: Session, after: EntryId, limit: int) -> list[Entry]:
    """Return the entries that follow seq `after`, oldest first, whatever was trimmed between."""
    rows = (
        LogEntry.objects.using(session.alias)
        .filter(seq__gt=after.seq)
        .order_by("seq")
        .values_list(*_ENTRY)[:limit]
    )
    return _as_many_as_fit(rows, after.epoch)


def latest_entries(
    session: Session, epoch: str, producer: str, limit: int, subject: str | None = None
) -> list[Entry]:
    """Return the newest entries of one producer, oldest first; with a `subject` those about it,
    where "" is none."""
    rows = LogEntry.objects.using(session.alias).filter(producer=producer)
    if subject is not None:
        rows = rows.filter(Q(subject=subject) if subject else Q(subject=None) | Q(subject=""))
    newest = rows.order_by("-seq").values_list(*_ENTRY)[:limit]
    return _as_many_as_fit(newest, epoch)[::-1]


def spoken_of(session: Session, producer: str, after: int, limit: int) -> dict[str, datetime]:
    """Return the subjects of one producer's entries after seq `after`, and when each last came."""
    rows = (
        LogEntry.objects.using(session.alias)
        .filter(producer=producer, seq__gt=after)
        .values("subject")
        .annotate(newest=Max("seq"), last=Max("received"))
        .order_by("-newest")
        .values_list("subject", "last")[:limit]
    )
    spoken: dict[str, datetime] = {}
    for subject, last in rows:
        spoken.setdefault(subject or "", moment(last))
    return spoken


def oldest_seq(session: Session) -> int | None:
    """Return the seq of the oldest entry, or None when there is none."""
    return LogEntry.objects.using(session.alias).aggregate(oldest=Min("seq"))["oldest"]  # type: ignore[no-any-return]


def received_at(session: Session, seq: int) -> int | None:
    """Return when entry `seq` was received, or None when it was trimmed."""
    return (
        LogEntry.objects.using(session.alias)
        .filter(seq=seq)
        .values_list("received", flat=True)
        .first()
    )


def first_that(session: Session, low: int, high: int, is_late: Callable[[int, int], bool]) -> int:
    """Return the first of the entries from seq `low` to before `high` that is late enough.

    `is_late` is asked with an entry's seq and when it was received; who comes after one that is
    late is late, too. Returns `high` when there is none.
    """
    while low < high:
        middle = (low + high) // 2
        received = received_at(session, middle)
        # A missing one was trimmed just now, so it is older than all that are left.
        if received is None or not is_late(middle, received):
            low = middle + 1
        else:
            high = middle
    return low


def _as_many_as_fit(rows: "QuerySet[LogEntry, tuple[Any, ...]]", epoch: str) -> list[Entry]:
    entries, size = [], 0
    for row in rows.iterator(chunk_size=_FETCHED):
        entries.append(_entry(epoch, row))
        size += entries[-1].size
        if size > PAGE_BYTES:
            break
    return entries


def _entry(epoch: str, row: Sequence[Any]) -> Entry:
    seq, received, producer, type_, time, subject, key, data = row
    event = Event(
        producer=producer,
        type=type_,
        time=datetime.fromisoformat(time),
        data=_decode(data)[0],
        key=key,
        subject=subject,
    )
    return Entry(EntryId(epoch, seq), event, moment(received), data)


def _insert(
    cursor: Any, table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> None:
    """Insert many rows by each statement.

    sqlite3 lets other threads run at each step; executemany steps once a row, and takes half as
    long again beside a busy event loop.
    """
    for chunk in _chunks(rows, _PARAMETERS_AT_ONCE // len(columns)):
        values = [value for row in chunk for value in row]
        cursor.execute(_insert_sql(table, columns, len(chunk)), values)


@lru_cache(maxsize=1_000)
def _insert_sql(table: str, columns: tuple[str, ...], count: int) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    return f"INSERT INTO {table} ({names}) VALUES " + ", ".join([row] * count)  # noqa: S608


@lru_cache(maxsize=1_000)
def _find_sql(count: int) -> str:
    names = ", ".join(f'"{column}"' for column in _RECEIPT[:-1])
    keys = ", ".join(["%s"] * count)
    table = LogReceipt._meta.db_table
    return f'SELECT {names} FROM {table} WHERE "producer" = %s AND "key" IN ({keys})'  # noqa: S608


def _chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
