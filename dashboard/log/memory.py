"""MemoryLog: the log in this process alone, gone with it. For tests and demonstrations."""

from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from pydantic import Field

from dashboard.log.base import (
    Appended,
    Bounds,
    CursorLost,
    Entry,
    EntryId,
    EventLog,
    LogUnavailable,
)
from dashboard.log.encoding import KeyName, prepare
from dashboard.log.fanout import Fanout
from dashboard.log.idempotency import Receipt, place
from dashboard.log.options import LogOptions, read_options
from dashboard.log.sequence import new_epoch
from dashboard.log.tail import follow
from producers.base import utc_now
from producers.events import Event


class MemoryLogOptions(LogOptions):
    """What EVENT_LOG["OPTIONS"] may hold for this log."""

    max_entries: int | None = Field(
        10_000, ge=1, description="how many entries are kept; None: any number"
    )


class MemoryLog(EventLog):
    """Entries in a deque. Never holds more than `max_entries`, whether trimmed or not."""

    def __init__(
        self, options: Mapping[str, Any], *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.options = read_options(MemoryLogOptions, options)
        self._now = now
        self._feed = Fanout(on_subscribe=lambda: None)
        self._newest = EntryId(new_epoch(now()), 0)
        self._received = now()
        self._entries: deque[Entry] = deque(maxlen=self.options.max_entries)
        self._receipts: dict[KeyName, tuple[Receipt, datetime]] = {}

    async def append(self, events: Sequence[Event]) -> Appended:
        self._must_be_open()
        prepared = prepare(events)
        known = {
            unit.name: self._receipts[unit.name][0]
            for unit in prepared.units
            if unit.name in self._receipts
        }
        placed = place(prepared, known, self._newest.epoch, self._newest.seq + 1)
        self._received = max(self._received, self._now())
        entries = []
        for index in placed.new:
            self._newest = self._newest._replace(seq=self._newest.seq + 1)
            entries.append(Entry(self._newest, prepared.events[index], self._received))
        self._entries.extend(entries)
        for receipt in placed.receipts:
            self._receipts[receipt.name] = receipt, self._received
        if entries:
            self._feed.publish(entries)
        return placed.answer

    async def read(self, after: EntryId, limit: int) -> list[Entry]:
        self._must_be_open()
        bounds = self._bounds()
        reason = bounds.why_lost(after)
        if reason is not None:
            raise CursorLost(reason, after)
        skipped = after.seq + 1 - bounds.oldest.seq
        return list(islice(self._entries, skipped, skipped + limit))

    async def latest(self, producer: str, limit: int) -> list[Entry]:
        self._must_be_open()
        newest_first = (e for e in reversed(self._entries) if e.event.producer == producer)
        return list(islice(newest_first, limit))[::-1]

    async def bounds(self) -> Bounds:
        self._must_be_open()
        return self._bounds()

    async def seek(self, since: datetime) -> EntryId:
        self._must_be_open()
        if since.tzinfo is None:
            raise ValueError(f"seek() got {since!r}, which is naive; give it a time zone")
        later = (entry.id.seq for entry in self._entries if entry.received >= since)
        first = next(later, self._newest.seq + 1)
        return self._newest._replace(seq=first - 1)

    def tail(self, after: EntryId) -> AsyncIterator[list[Entry]]:
        return follow(self, self._feed, after)

    async def trim(self) -> int:
        self._must_be_open()
        trimmed = 0
        if self.options.retention is not None:
            cutoff = self._now() - self.options.retention
            while self._entries and self._entries[0].received < cutoff:
                self._entries.popleft()
                trimmed += 1
        self._trim_receipts()
        return trimmed

    async def aclose(self) -> None:
        self._feed.close()

    def _bounds(self) -> Bounds:
        oldest = self._newest.seq + 1 - len(self._entries)
        return Bounds(self._newest._replace(seq=oldest), self._newest)

    def _trim_receipts(self) -> None:
        """Forget keys as the database does: old ones, but not while their entries are here
        when nothing else limits their age."""
        cutoff = self._now() - self.options.keys_kept
        oldest = self._bounds().oldest.seq
        self._receipts = {
            name: (receipt, received)
            for name, (receipt, received) in self._receipts.items()
            if received >= cutoff
            or (self.options.retention is None and receipt.first_seq >= oldest)
        }

    def _must_be_open(self) -> None:
        if self._feed.closed:
            raise LogUnavailable("the log is closed")
