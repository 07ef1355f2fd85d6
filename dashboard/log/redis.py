"""RedisLog: the log in a Redis or Valkey server that several machines share."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from pydantic import Field

from dashboard.log import queries
from dashboard.log.base import (
    Appended,
    Bounds,
    Entry,
    EntryId,
    EventLog,
    LogUnavailable,
    Span,
)
from dashboard.log.clock import UNIX, Clock, Uptime, microseconds, moment, uptime
from dashboard.log.encoding import Encoded, prepare
from dashboard.log.fanout import Fanout
from dashboard.log.leaps import Leap
from dashboard.log.lease import Fence, Lease
from dashboard.log.options import LogOptions, read_options
from dashboard.log.redis_entries import entry_of, text
from dashboard.log.redis_follower import RedisFollower
from dashboard.log.redis_leases import RedisLeases
from dashboard.log.redis_retention import RedisRetention
from dashboard.log.redis_scripts import LATEST, SPOKEN
from dashboard.log.redis_sequence import RedisSequence
from dashboard.log.redis_server import RedisServer
from dashboard.log.redis_writer import RedisWriter
from dashboard.log.sequence import HighWater
from dashboard.log.tail import follow
from producers.base import utc_now
from producers.events import Event

_PAGE: Final = 500


class RedisLogOptions(LogOptions):
    """Options of RedisLog."""

    url: str = Field(
        "redis://127.0.0.1:6379/0",
        pattern=r"^(redis|rediss|unix|redis\+sentinel|rediss\+sentinel)://",
        repr=False,
        description="redis://, rediss:// (TLS), unix://, or redis+sentinel://HOST:26379,…/NAME",
    )
    prefix: str = Field(
        "eventwall",
        pattern=r"^[A-Za-z0-9_.-]{1,64}$",
        description="what the names of its keys begin with, in braces",
    )


class RedisLog(EventLog):
    """Entries in a stream; all processes that use the same server and prefix share them.

    An append returns when the server has it: as durable as the server is set to be.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        now: Callable[[], datetime] = utc_now,
        uptime: Callable[[], Uptime] = uptime,
    ) -> None:
        self.options = read_options(RedisLogOptions, options)
        self._prefix = f"{{{self.options.prefix}}}:"
        self._clock = Clock(now, uptime)
        self._water = HighWater()
        self._fanout = Fanout(on_subscribe=lambda: self._follower.start())
        self._server = RedisServer(self.options.url)
        self._sequence = RedisSequence(self._server, self._prefix, self._water, self._clock)
        self._writer = self._writer_to(self._sequence, self._fanout.publish)
        self._follower = RedisFollower(self._sequence, self._fanout)
        self._leases = RedisLeases(self._server, self._prefix, self._clock)

    async def append(self, events: Sequence[Event], fence: Fence | None = None) -> Appended:
        self._must_be_open()
        return await self._writer.append(prepare(events, fence))

    def append_sync(self, events: Sequence[Event]) -> Appended:
        """Store `events` over a connection of its own, for the calling thread has no loop."""
        self._must_be_open()
        return asyncio.run(self._append_alone(prepare(events)))

    async def read(self, after: EntryId, limit: int) -> list[Entry]:
        self._must_be_open()
        entries: list[Entry] = []
        size = 0
        while len(entries) < limit and size <= queries.PAGE_BYTES:
            wanted = min(_PAGE, limit - len(entries))
            page = await self._sequence.page(after, wanted)
            entries += page
            size += sum(entry.size for entry in page)
            if len(page) < wanted:
                break
            after = page[-1].id
        return entries

    async def latest(self, producer: str, limit: int) -> list[Entry]:
        return await self._indexed(f"of\0{producer}", limit)

    async def latest_of(self, producer: str, subject: str, limit: int) -> list[Entry]:
        return await self._indexed(f"about\0{producer}\0{subject}", limit)

    async def subjects(self, producer: str, since: datetime, limit: int) -> dict[str, datetime]:
        first = await self.seek(since)
        found = await self._server.run(SPOKEN, [self._prefix], [producer, first.seq, limit])
        pairs = zip(found[::2], found[1::2], strict=True)
        return {text(subject): moment(int(received)) for subject, received in pairs}

    async def bounds(self) -> Bounds:
        self._must_be_open()
        return (await self._sequence.state()).bounds

    async def seek(self, since: datetime) -> EntryId:
        self._must_be_open()
        if since.tzinfo is None:
            raise ValueError(f"seek() got {since!r}, which is naive; give it a time zone")
        state = await self._sequence.state()
        leaps, wanted = await self._sequence.leaps(state), microseconds(since)
        first = await self._sequence.first_that(
            state.oldest, state.head.seq + 1, lambda *entry: leaps.came(*entry) >= wanted
        )
        return EntryId(state.head.epoch, first - 1)

    def tail(self, after: EntryId) -> AsyncGenerator[list[Entry], None]:
        return follow(self, self._fanout, after)

    async def lease(self, names: Collection[str], holder: str, ttl: float) -> dict[str, Fence]:
        self._must_be_open()
        return await self._leases.take(names, holder, ttl)

    async def release(self, fences: Collection[Fence]) -> None:
        self._must_be_open()
        await self._leases.give_up(fences)

    async def leases(self) -> dict[str, Lease]:
        self._must_be_open()
        return await self._leases.read()

    async def leaps(self) -> list[Leap]:
        self._must_be_open()
        return list(await self._sequence.leaps(await self._sequence.state()))

    async def spans(self) -> list[Span]:
        self._must_be_open()
        state = await self._sequence.state()
        oldest, newest = state.oldest, state.head.seq
        held = [leap for leap in await self._sequence.leaps(state) if leap.seq >= oldest]
        spans = []
        for first, after in pairwise([*sorted({oldest, *(leap.seq for leap in held)}), newest + 1]):
            if after > first:
                ends = [await self._sequence.received(seq) for seq in (first, after - 1)]
                if None in ends:  # trimmed just now: the next look will tell
                    return [Span(UNIX, datetime.max.replace(tzinfo=UNIX.tzinfo))]
                spans.append(Span(*(moment(end) for end in ends if end is not None)))
        for leap in held:
            received = await self._sequence.received(leap.seq)
            if received is not None:
                spans.append(Span(*[moment(received - leap.by)] * 2))
        return [*spans, Span(*[self._clock.now()] * 2)]

    async def trim(self) -> int:
        self._must_be_open()
        return await RedisRetention(self._sequence, self.options, self._clock).trim()

    async def probe(self) -> None:
        self._must_be_open()
        await self._sequence.state(write=True)

    async def weaknesses(self) -> list[str]:
        self._must_be_open()
        return await self._server.weaknesses()

    async def renew(self) -> tuple[EntryId, EntryId]:
        """Make it another log that has the same entries; see DatabaseLog.renew."""
        before = (await self._sequence.state()).head.id
        self._water.renounce()
        return before, (await self._sequence.state()).head.id

    async def aclose(self) -> None:
        self._fanout.close()
        await self._writer.finish()
        await self._follower.stop()
        await self._server.aclose()

    def _must_be_open(self) -> None:
        if self._fanout.closed:
            raise LogUnavailable("the log is closed")

    def _writer_to(
        self, sequence: RedisSequence, on_commit: Callable[[list[Entry]], object]
    ) -> RedisWriter:
        return RedisWriter(sequence, self._clock, self.options.max_entries, on_commit)

    async def _append_alone(self, prepared: Encoded) -> Appended:
        server = RedisServer(self.options.url)
        try:
            sequence = RedisSequence(server, self._prefix, self._water, self._clock)
            return await self._writer_to(sequence, lambda entries: None).append(prepared)
        finally:
            await server.aclose()

    async def _indexed(self, index: str, limit: int) -> list[Entry]:
        self._must_be_open()
        epoch = (await self._sequence.state()).head.epoch
        found = await self._server.run(
            LATEST, [self._prefix, self._prefix + index], [limit, queries.PAGE_BYTES]
        )
        return [entry_of(epoch, item) for item in reversed(found)]
