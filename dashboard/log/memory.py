"""MemoryLog: the log in this process alone, gone with it. For tests and demonstrations."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field

from dashboard.log.base import (
    Appended,
    Bounds,
    CursorLost,
    Entry,
    EntryId,
    EventLog,
    LogUnavailable,
    Span,
)
from dashboard.log.clock import Clock, Uptime, microseconds, moment, uptime
from dashboard.log.encoding import KeyName, prepare
from dashboard.log.fanout import Fanout
from dashboard.log.idempotency import Receipt, place
from dashboard.log.leaps import LEAD, Leap, Leaps, leap_between
from dashboard.log.lease import Fence, Lease, LeaseLost
from dashboard.log.memory_leases import MemoryLeases
from dashboard.log.options import LogOptions, read_options
from dashboard.log.sequence import new_epoch
from dashboard.log.tail import follow
from producers.base import utc_now
from producers.events import Event

_MICROSECOND: Final = timedelta(microseconds=1)
_LOOP_ANSWERS: Final = 5.0
"""Seconds that a thread waits for the event loop; as long as one waits for SQLite's lock."""


class MemoryLogOptions(LogOptions):
    """What EVENT_LOG["OPTIONS"] may hold for this log."""

    max_entries: int | None = Field(
        10_000, ge=1, description="how many entries are kept; None: any number"
    )


class MemoryLog(EventLog):
    """Entries in a deque. Never holds more than `max_entries`, whether trimmed or not."""

    shared = False

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        now: Callable[[], datetime] = utc_now,
        uptime: Callable[[], Uptime] = uptime,
    ) -> None:
        self.options = read_options(MemoryLogOptions, options)
        self._clock = Clock(now, uptime)
        self._leases = MemoryLeases(self._clock)
        self._fanout = Fanout(on_subscribe=lambda: None)
        self._newest = EntryId(new_epoch(now()), 0)
        self._read = self._clock.read()
        self._received = self._read.now
        self._leaps: list[Leap] = []
        self._entries: deque[Entry] = deque(maxlen=self.options.max_entries)
        self._receipts: dict[KeyName, tuple[Receipt, int]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def append(self, events: Sequence[Event], fence: Fence | None = None) -> Appended:
        self._must_be_open()
        prepared = prepare(events)
        if fence is not None and not self._leases.holds(fence):
            raise LeaseLost(fence)
        known = {
            unit.name: self._receipts[unit.name][0]
            for unit in prepared.units
            if unit.name in self._receipts
        }
        placed = place(prepared, known, self._newest.epoch, self._newest.seq + 1)
        self._look_at_clock()
        received = moment(self._received)
        entries = []
        for index in placed.new:
            self._newest = self._newest._replace(seq=self._newest.seq + 1)
            entries.append(
                Entry(self._newest, prepared.events[index], received, prepared.texts[index][-1])
            )
        self._entries.extend(entries)
        for receipt in placed.receipts:
            self._receipts[receipt.name] = receipt, self._received
        if entries:
            self._fanout.publish(entries)
        return placed.answer

    def append_sync(self, events: Sequence[Event]) -> Appended:
        """Have the event loop append `events`.

        Raises ImproperlyConfigured where none has used this log: that of the wall is another one.
        """
        if self._loop is None:
            raise ImproperlyConfigured(
                "EVENT_LOG is a MemoryLog, which is in the memory of the process that runs the "
                "wall, and this process runs none: use dashboard.log.database.DatabaseLog"
            )
        appending = asyncio.run_coroutine_threadsafe(self.append(events), self._loop)
        try:
            return appending.result(_LOOP_ANSWERS)
        except TimeoutError as error:
            raise LogUnavailable("the event loop of the log does not answer") from error

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

    async def latest_of(self, producer: str, subject: str, limit: int) -> list[Entry]:
        self._must_be_open()
        newest_first = (
            entry
            for entry in reversed(self._entries)
            if entry.event.producer == producer and (entry.event.subject or "") == subject
        )
        return list(islice(newest_first, limit))[::-1]

    async def subjects(self, producer: str, since: datetime, limit: int) -> dict[str, datetime]:
        first = await self.seek(since)
        spoken: dict[str, datetime] = {}
        for entry in reversed(self._entries):
            if entry.id <= first or len(spoken) == limit:
                break
            if entry.event.producer == producer:
                spoken.setdefault(entry.event.subject or "", entry.received)
        return spoken

    async def bounds(self) -> Bounds:
        self._must_be_open()
        return self._bounds()

    async def seek(self, since: datetime) -> EntryId:
        self._must_be_open()
        if since.tzinfo is None:
            raise ValueError(f"seek() got {since!r}, which is naive; give it a time zone")
        self._look_at_clock()
        leaps, wanted = Leaps(self._leaps), microseconds(since)
        later = (
            entry.id.seq
            for entry in self._entries
            if leaps.came(entry.id.seq, microseconds(entry.received)) >= wanted
        )
        first = next(later, self._newest.seq + 1)
        return self._newest._replace(seq=first - 1)

    def tail(self, after: EntryId) -> AsyncGenerator[list[Entry], None]:
        return follow(self, self._fanout, after)

    async def trim(self) -> int:
        self._must_be_open()
        trimmed = 0
        self._look_at_clock()
        leaps = Leaps(self._leaps)
        if self.options.retention is not None:
            cutoff = self._read.now - self.options.retention // _MICROSECOND
            while self._entries and _lived(leaps, self._entries[0]) < cutoff:
                self._entries.popleft()
                trimmed += 1
        self._trim_receipts(leaps)
        return trimmed

    async def lease(self, names: Collection[str], holder: str, ttl: float) -> dict[str, Fence]:
        self._must_be_open()
        return self._leases.take(names, holder, ttl)

    async def release(self, fences: Collection[Fence]) -> None:
        self._must_be_open()
        self._leases.give_up(fences)

    async def leases(self) -> dict[str, Lease]:
        self._must_be_open()
        return self._leases.read()

    async def leaps(self) -> list[Leap]:
        self._look_at_clock()
        return list(Leaps(self._leaps))

    async def spans(self) -> list[Span]:
        self._must_be_open()
        times = [entry.received for entry in self._entries]
        return [Span(min(times, default=self._clock.now()), max([*times, self._clock.now()]))]

    async def aclose(self) -> None:
        self._fanout.close()

    def _bounds(self) -> Bounds:
        oldest = self._newest.seq + 1 - len(self._entries)
        return Bounds(self._newest._replace(seq=oldest), self._newest)

    def _look_at_clock(self) -> None:
        """Note what it is by now, and whether it leapt."""
        now = self._clock.read()
        leap = leap_between(
            self._read.boot, self._read.booted, self._received, self._newest.seq + 1, now
        )
        if leap.by:
            self._leaps.append(leap)
        if not now.now <= self._received <= now.now + LEAD:
            self._received = now.now
        self._read = now

    def _trim_receipts(self, leaps: Leaps) -> None:
        """Forget keys as the database does: old ones, but not while their entries are here
        when nothing else limits their age."""
        cutoff = self._read.now - self.options.keys_kept // _MICROSECOND
        oldest = self._bounds().oldest.seq
        self._receipts = {
            name: (receipt, received)
            for name, (receipt, received) in self._receipts.items()
            if leaps.lived(receipt.first_seq, received) >= cutoff
            or (self.options.retention is None and receipt.first_seq >= oldest)
        }
        held = [oldest, *(receipt.first_seq for receipt, _ in self._receipts.values())]
        self._leaps = [leap for leap in self._leaps if leap.seq >= min(held)]

    def _must_be_open(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._fanout.closed:
            raise LogUnavailable("the log is closed")


def _lived(leaps: Leaps, entry: Entry) -> int:
    return leaps.lived(entry.id.seq, microseconds(entry.received))
