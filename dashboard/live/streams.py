"""TileStream: /stream/, always current. EntryStream: /events/, nothing lost."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, TypeAlias

from dashboard.live import closing, sse
from dashboard.live.chunk import Chunk
from dashboard.live.event_audience import EventAudience
from dashboard.live.hub import Hub
from dashboard.live.ring import Wanted
from dashboard.live.stream import Stream
from dashboard.live.subscriber import Subscriber
from dashboard.live.tile_audience import Shown, TileAudience
from dashboard.log.base import CursorLost, EntryId, EventLog, LogUnavailable, LostReason
from dashboard.tiles.render import Viewer

Start: TypeAlias = EntryId | datetime | Literal["all", "latest", "malformed"]
"""Where to begin: after an entry, at a time, or by name; "malformed" is what no id could be."""

_LOOKS_AGAIN: Final = (3, 5)
"""Seconds after which a stream that was given no seat comes again."""
_NEAR: Final = 1_000
"""Entries that a stream may lack when it joins its audience."""
_HEAR_EVERY: Final = 0.01
"""Seconds between two looks whether the hub has heard what the client has seen elsewhere."""


class TileStream(Stream):
    """A snapshot of every tile, then each tile that changed, as it is now.

    The sse extension opens a new EventSource after an HTTP error and so forgets Last-Event-ID:
    hence the snapshot on every connect, whatever the client says it has seen. A browser that
    holds as many connections as it can spare gets the snapshot alone, and comes for another.
    """

    def __init__(
        self,
        hub: Hub,
        viewer: Viewer,
        choose: Callable[[], Shown | None],
        *,
        page: str | None = None,
    ) -> None:
        """`choose` returns what is to be shown as of now, None for nothing any more.

        `page` is the layout that the page has: when it is not that of the tiles, it is told so.
        """
        self._hub = hub
        self._viewer = viewer
        self._choose = choose
        self._page = page
        self._shown = choose()

    async def attach(self, subscriber: Subscriber) -> TileAudience | None:
        if self._shown is None:
            subscriber.end(self.farewell("over"))
            return None
        cache = self._hub.tile_cache
        is_old = self._page not in (None, self._shown.layout)
        told = self._shown.frame if is_old else b""
        if not self._has_seat:
            pulse = sse.retry(*_LOOKS_AGAIN) + cache.heartbeat(self._viewer, by_looks=True)
            tiles = b"".join(cache.frame(tile, self._viewer) for tile in self._shown.tiles)
            wrong = cache.noted(self._shown.tiles, self._viewer)
            subscriber.end(pulse + told + tiles + self._shown.summary(wrong))
            return None
        audience = self._hub.audiences.of_tiles(self._shown, self._viewer)
        audience.join(subscriber, cache.heartbeat(self._viewer) + told + audience.snapshot())
        return audience

    def follow(self, subscriber: Subscriber) -> None:
        shown = self._choose()
        if shown == self._shown or not isinstance(subscriber.audience, TileAudience):
            return
        before, self._shown = subscriber.audience, shown
        if shown is None:
            subscriber.end(self.farewell("over"))
            return
        before.flush()
        before.leave(subscriber)
        self._hub.audiences.of_tiles(shown, self._viewer).take_over(subscriber, before)

    def farewell(self, reason: closing.Reason) -> bytes:
        return closing.to_page(reason)


class EntryStream(Stream):
    """Every event after `start`, once, in order; never a silent gap.

    A cursor whose successors are not all in the log gets `event: reset` first, with the reason
    and the cursor it goes on from: the oldest entry that is left when the log forgot or is
    another one, now when the cursor never was one of ours.
    """

    def __init__(self, hub: Hub, log: EventLog, choose: Callable[[], Wanted], start: Start) -> None:
        """`choose` returns what is wanted as of now."""
        self._hub = hub
        self._log = log
        self._choose = choose
        self._wanted = choose()
        self._start = start

    @property
    def attaches_at_once(self) -> bool:
        start = self._start
        if isinstance(start, EntryId):
            return self._is_near(start)
        return start in ("latest", "malformed")

    async def attach(self, subscriber: Subscriber) -> EventAudience | None:
        replaying = self._hub.audiences.replaying
        replaying.join(subscriber, b"")
        try:
            told, cursor = await self._begin()
            while not self._is_near(cursor):
                try:
                    chunk, cursor = await self._piece(cursor, begins=bool(told))
                except CursorLost as lost:
                    told, cursor = await self._lost(lost, began=not told)
                    continue
                if told:
                    await subscriber.send(Chunk(told))
                    told = b""
                if chunk is not None:
                    await subscriber.send(chunk)
                # A client that has gone is noticed only by another task.
                await asyncio.sleep(0)
                if subscriber.ended:
                    return None
        except LogUnavailable:
            subscriber.end(sse.HEARTBEAT)
        if subscriber.ended:
            return None
        replaying.leave(subscriber)
        audience = self._hub.audiences.of_events(self._wanted)
        # Nothing is awaited from here on, so that nothing can come between.
        rest, _ = self._hub.ring.after(cursor, _NEAR, self._wanted)
        audience.join(subscriber, told + rest)
        return audience

    def follow(self, subscriber: Subscriber) -> None:
        before, self._wanted = self._wanted, self._choose()
        audience = subscriber.audience
        if self._wanted == before or not isinstance(audience, EventAudience):
            return
        if subscriber.busy_since is not None:
            # What it has seen is known to this audience alone: it comes back with its cursor.
            subscriber.end(b"")
            return
        audience.flush()
        audience.leave(subscriber)
        self._hub.audiences.of_events(self._wanted).join(subscriber, b"")

    def _is_near(self, cursor: EntryId) -> bool:
        """Whether what follows the cursor is in memory, and little enough to be sent at once."""
        head = self._hub.head
        if cursor == head:
            return True
        return 0 < head.seq - cursor.seq <= _NEAR and self._hub.ring.holds(cursor)

    async def _begin(self) -> tuple[bytes, EntryId]:
        """Return what comes first, and the cursor to go on from."""
        start = self._start
        if start == "latest":
            return sse.cursor(str(self._hub.head)), self._hub.head
        if start == "malformed":
            return _reset("malformed", self._hub.head)
        if start == "all":
            start = await self._hub.replay_cache.oldest()
        elif isinstance(start, datetime):
            start = await self._log.seek(start)
        head = self._hub.head
        if start.epoch != head.epoch or start.seq > head.seq:
            # It may be that only the hub has not heard of it yet.
            bounds = await self._log.bounds()
            lost = bounds.why_lost(start)
            if lost == "future":
                return _reset(lost, self._hub.head)
            if lost is not None:
                return _reset(lost, bounds.cursor)
        return sse.cursor(str(start)), start

    async def _piece(self, cursor: EntryId, *, begins: bool) -> tuple[Chunk | None, EntryId]:
        """Return some of what follows the cursor, no further than the hub has heard."""
        head = self._hub.head
        if cursor.epoch == head.epoch and cursor.seq < head.seq:
            chunk, upto = await self._hub.replay_cache.after(cursor, self._wanted, begins=begins)
        else:
            if cursor.epoch != head.epoch:
                await self._log.read(cursor, 1)
            chunk, upto = None, cursor
        if upto == cursor:
            await asyncio.sleep(_HEAR_EVERY)
        return chunk, upto

    async def _lost(self, lost: CursorLost, *, began: bool) -> tuple[bytes, EntryId]:
        oldest = await self._hub.replay_cache.oldest()
        if self._start == "all" and not began:
            # What was the oldest has been forgotten since; no cursor of the client's is lost.
            return sse.cursor(str(oldest)), oldest
        return _reset(lost.reason, oldest)


def _reset(reason: LostReason, cursor: EntryId) -> tuple[bytes, EntryId]:
    """Return what tells a client why its cursor is lost and where it goes on, and that cursor."""
    told = f'{{"reason":"{reason}","after":"{cursor}"}}'
    return sse.Frame("reset", told, str(cursor)).encode(), cursor
