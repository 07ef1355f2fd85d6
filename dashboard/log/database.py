"""DatabaseLog: the log in a database that Django knows. Needs nothing else to run."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.core.checks import CheckMessage
from django.db import connections

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
from dashboard.log.caller import CallerWriter
from dashboard.log.clock import Clock, Uptime, microseconds, uptime
from dashboard.log.database_checks import check_database
from dashboard.log.database_options import DatabaseLogOptions
from dashboard.log.encoding import prepare
from dashboard.log.fanout import Fanout
from dashboard.log.files import files_of
from dashboard.log.hang_guard import HANGS
from dashboard.log.leaps import Leap, Leaps
from dashboard.log.lease import Fence, Lease
from dashboard.log.lease_table import LeaseTable
from dashboard.log.options import BadOptions, option_problem, read_options
from dashboard.log.poller import Poller
from dashboard.log.queries import (
    PAGE,
    entries_after,
    first_that,
    latest_entries,
    oldest_seq,
    spoken_of,
)
from dashboard.log.retention import BATCH, trim_entries, trim_receipts
from dashboard.log.sequence import (
    Head,
    HighWater,
    hold_head,
    read_head,
    read_leaps,
    renew,
    write_head,
)
from dashboard.log.session import Reader, Session
from dashboard.log.spans import read_spans
from dashboard.log.tail import follow
from dashboard.log.writer import Writer
from producers.base import utc_now
from producers.events import Event


class DatabaseLog(EventLog):
    """Entries in tables of `alias`; all processes that use the same database share them.

    Three threads, each started by its first use: one writes, one answers questions, and one
    looks for what other processes wrote. An append returns after COMMIT, so it is as durable
    as the database's own settings make a commit.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        now: Callable[[], datetime] = utc_now,
        uptime: Callable[[], Uptime] = uptime,
    ) -> None:
        """`now` and `uptime` are called by several threads."""
        self.options = read_options(DatabaseLogOptions, options)
        alias = self.options.alias
        if alias not in connections.settings:
            legal = "no such database (legal: " + ", ".join(sorted(connections.settings)) + ")"
            raise BadOptions([option_problem("alias", alias, legal)])
        self._clock = Clock(now, uptime)
        self._water = HighWater()
        self._fanout = Fanout(on_subscribe=lambda: self._poller.start())
        self._files = files_of(connections[alias])
        self._files.when_exchanged(self._water.renounce)
        self._reader = Reader(alias)
        self._writer = Writer(alias, self._water, self._clock, self._publish, self._patience())
        self._leases = LeaseTable(self._reader, self._writer, self._water, self._clock)
        self._caller = CallerWriter(alias, self._water, self._clock, self._publish)
        self._poller = Poller(alias, self.options.poll, self._fanout, self._water, now)

    async def append(self, events: Sequence[Event], fence: Fence | None = None) -> Appended:
        return await self._writer.append(prepare(events, fence))

    def append_sync(self, events: Sequence[Event]) -> Appended:
        """Store `events` in the calling thread; raises what CallerWriter does too."""
        if self._fanout.closed:
            raise LogUnavailable("the log is closed")
        return self._caller.append(prepare(events))

    async def read(self, after: EntryId, limit: int) -> list[Entry]:
        entries: list[Entry] = []
        while len(entries) < limit:
            wanted = min(PAGE, limit - len(entries))
            page = await self._reader.run(partial(self._page, after=after, limit=wanted))
            entries += page
            if len(page) < wanted:
                break
            after = page[-1].id
        return entries

    async def latest(self, producer: str, limit: int) -> list[Entry]:
        return await self._reader.run(
            lambda session: latest_entries(
                session, self._bounds(session).newest.epoch, producer, limit
            )
        )

    async def latest_of(self, producer: str, subject: str, limit: int) -> list[Entry]:
        return await self._reader.run(
            lambda session: latest_entries(
                session, self._bounds(session).newest.epoch, producer, limit, subject
            )
        )

    async def subjects(self, producer: str, since: datetime, limit: int) -> dict[str, datetime]:
        first = await self.seek(since)
        return await self._reader.run(
            partial(spoken_of, producer=producer, after=first.seq, limit=limit)
        )

    async def bounds(self) -> Bounds:
        return await self._reader.run(self._bounds)

    async def seek(self, since: datetime) -> EntryId:
        if since.tzinfo is None:
            raise ValueError(f"seek() got {since!r}, which is naive; give it a time zone")
        return await self._reader.run(partial(self._seek, since=microseconds(since)))

    def tail(self, after: EntryId) -> AsyncGenerator[list[Entry], None]:
        return follow(self, self._fanout, after)

    async def leaps(self) -> list[Leap]:
        return list(await self._reader.run(self._leaps))

    async def spans(self) -> list[Span]:
        return await self._reader.run(self._spans)

    async def trim(self) -> int:
        trimmed = 0
        for trim in (trim_entries, trim_receipts):
            gone = BATCH
            while gone == BATCH:
                gone = await self._writer.run(partial(self._trim, trim))
                trimmed += gone if trim is trim_entries else 0
        return trimmed

    async def lease(self, names: Collection[str], holder: str, ttl: float) -> dict[str, Fence]:
        return await self._leases.take(names, holder, ttl)

    async def release(self, fences: Collection[Fence]) -> None:
        await self._leases.give_up(fences)

    async def leases(self) -> dict[str, Lease]:
        return await self._leases.read()

    async def probe(self) -> None:
        await self._writer.run(self._probe)

    def hasten(self) -> None:
        self._writer.hasten()

    async def renew(self) -> tuple[EntryId, EntryId]:
        """Make it another log that has the same entries: every cursor is lost, none reused.

        For a backup that was put in place while nobody looked. Returns the newest entry's id as
        it was and as it is; running servers notice as they do when the log is replaced.
        """
        heads = await self._writer.run(partial(renew, water=self._water, now=self._clock.now))
        return heads[0].id, heads[1].id

    async def aclose(self) -> None:
        self._fanout.close()
        await self._writer.aclose()
        await asyncio.to_thread(self._poller.stop)
        await self._reader.aclose()
        self._files.release()

    def check(self) -> list[CheckMessage]:
        return check_database(self.options.alias)

    def _patience(self) -> float:
        """Return for how many seconds an append waits for others that hold the database."""
        said = connections.settings[self.options.alias]["OPTIONS"].get("timeout")
        return float(said) if isinstance(said, int | float) else HANGS

    def _publish(self, entries: list[Entry]) -> None:
        if not self._fanout.publish(entries):
            self._poller.wake()

    def _probe(self, session: Session) -> None:
        if self._writer.proven:
            hold_head(session)
        else:
            write_head(session, self._clock.read())
            self._writer.note_commit()

    def _trim(self, trim: Callable[..., int], session: Session) -> int:
        return trim(session, self.options, self._head(session), self._clock.read())

    def _head(self, session: Session) -> Head:
        return read_head(session, self._water, self._clock.now)

    def _bounds(self, session: Session) -> Bounds:
        # The head last: what is appended between must not look like a gap.
        oldest = oldest_seq(session)
        head = self._head(session)
        if oldest is None:
            # Nor must the very first entries, of which only the head was seen.
            oldest = oldest_seq(session)
        return Bounds(EntryId(head.epoch, head.seq + 1 if oldest is None else oldest), head.id)

    def _page(self, session: Session, after: EntryId, limit: int) -> list[Entry]:
        head = self._head(session)
        if after.epoch != head.epoch or after.seq > head.seq:
            raise CursorLost("future" if after.epoch == head.epoch else "foreign", after)
        entries = entries_after(session, after, limit)
        first = entries[0].id.seq if entries else head.seq + 1
        if first != after.seq + 1:
            raise CursorLost("trimmed", after)
        return entries

    def _seek(self, session: Session, since: int) -> EntryId:
        """Find the first entry of `since` or later, by the present clock."""
        bounds = self._bounds(session)
        leaps = self._leaps(session)

        def came_since(seq: int, received: int) -> bool:
            return leaps.came(seq, received) >= since

        first = first_that(session, bounds.oldest.seq, bounds.newest.seq + 1, came_since)
        return EntryId(bounds.newest.epoch, first - 1)

    def _leaps(self, session: Session) -> Leaps:
        return read_leaps(session, self._head(session), self._clock.read())

    def _spans(self, session: Session) -> list[Span]:
        return read_spans(session, self._bounds(session), self._leaps(session), self._clock.read())
