"""EntryStream: /events/, nothing lost."""

import asyncio
from datetime import datetime
from typing import Final, Literal, TypeAlias

from dashboard.live import sse
from dashboard.live.chunk import Chunk
from dashboard.live.cloudevents import encode
from dashboard.live.event_audience import EventAudience
from dashboard.live.hub import Hub
from dashboard.live.ring import wanted
from dashboard.live.stream import Stream
from dashboard.live.subscriber import Subscriber
from dashboard.log.base import CursorLost, EntryId, EventLog, LogUnavailable, LostReason

Start: TypeAlias = EntryId | datetime | Literal["all", "latest", "malformed"]
"""Where to begin: after an entry, at a time, or by name; "malformed" is what no id could be."""

_PAGE: Final = 1_000
"""Entries looked at for one write of a replay."""
_HEAR_EVERY: Final = 0.01
"""Seconds between two looks whether the hub has heard what the client has seen elsewhere."""


class EntryStream(Stream):
    """Every event after `start`, once, in order; never a silent gap.

    A cursor whose successors are not all in the log gets `event: reset` first, with the reason
    and the cursor it goes on from: the oldest entry that is left when the log forgot or is
    another one, now when the cursor never was one of ours.
    """

    def __init__(
        self, hub: Hub, log: EventLog, producers: frozenset[str] | None, start: Start
    ) -> None:
        self._hub = hub
        self._log = log
        self._producers = producers
        self._start = start

    @property
    def attaches_at_once(self) -> bool:
        start, head = self._start, self._hub.head
        if isinstance(start, EntryId):
            return self._hub.ring.holds(start) and head.seq - start.seq < _PAGE
        return start in ("latest", "malformed")

    async def attach(self, subscriber: Subscriber) -> EventAudience | None:
        replaying = self._hub.audiences.replaying
        replaying.join(subscriber, b"")
        try:
            data, cursor = await self._begin()
            while cursor != self._hub.head:
                if data:
                    await subscriber.send(Chunk(data))
                # A client that has gone is noticed only by another task.
                await asyncio.sleep(0)
                if subscriber.ended:
                    return None
                data, cursor = await self._page(cursor)
        except LogUnavailable:
            subscriber.end(sse.retry(1, 5))
        if subscriber.ended:
            return None
        replaying.leave(subscriber)
        audience = self._hub.audiences.of_events(self._producers)
        audience.join(subscriber, data)
        return audience

    async def _begin(self) -> tuple[bytes, EntryId]:
        start, head = self._start, self._hub.head
        if start == "latest":
            return sse.cursor(str(head)), head
        if start == "malformed":
            return _reset("malformed", head)
        if start == "all":
            start = (await self._log.bounds()).cursor
        if isinstance(start, datetime):
            start = await self._log.seek(start)
        bounds = await self._log.bounds()
        lost = bounds.why_lost(start)
        if lost == "future":
            return _reset(lost, head)
        if lost is not None:
            return _reset(lost, bounds.cursor)
        return sse.cursor(str(start)), start

    async def _page(self, cursor: EntryId) -> tuple[bytes, EntryId]:
        """Return what follows the cursor, no further than the hub has heard."""
        if self._hub.ring.holds(cursor):
            return self._hub.ring.after(cursor, _PAGE, self._producers)
        behind = self._hub.head.seq - cursor.seq
        if behind < 0 and cursor.epoch == self._hub.head.epoch:
            await asyncio.sleep(_HEAR_EVERY)
            return b"", cursor
        try:
            entries = await self._log.read(cursor, max(1, min(_PAGE, behind)))
        except CursorLost as lost:
            return _reset(lost.reason, (await self._log.bounds()).cursor)
        if not entries:
            await asyncio.sleep(_HEAR_EVERY)
            return b"", cursor
        chosen = (encode(entry) for entry in entries if wanted(entry, self._producers))
        return b"".join(chosen), entries[-1].id


def _reset(reason: LostReason, cursor: EntryId) -> tuple[bytes, EntryId]:
    """Return what tells a client why its cursor is lost and where it goes on, and that cursor."""
    told = sse.Frame("reset", f'{{"reason":"{reason}","after":"{cursor}"}}').encode()
    return told + sse.cursor(str(cursor)), cursor
