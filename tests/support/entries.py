"""Entries made by hand."""

from datetime import UTC, datetime

from dashboard.log.base import Entry, EntryId
from producers.events import Event


def entry(seq: int, producer: str = "p", epoch: str = "e", **data: object) -> Entry:
    now = datetime(2026, 11, 22, 14, 3, 7, tzinfo=UTC)
    event = Event(producer=producer, type="t", time=now, data=data)  # type: ignore[arg-type]
    return Entry(EntryId(epoch, seq), event, now)
