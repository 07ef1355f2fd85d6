"""Audiences: all the open streams of this process, grouped by what they see."""

import asyncio
import random
from collections.abc import Callable, Iterator, Set
from typing import Final

from dashboard.conf import Conf
from dashboard.live import sse
from dashboard.live.audience import Audience
from dashboard.live.event_audience import EventAudience
from dashboard.live.ring import Ring, Wanted
from dashboard.live.subscriber import Subscriber
from dashboard.live.tile_audience import Change, Shown, TileAudience
from dashboard.live.tile_cache import TileCache
from dashboard.log.base import EntryId
from dashboard.tiles.render import Viewer

_DRAIN_STEP: Final = 0.05
"""Seconds between two groups of streams that are sent away."""


class Replaying(Audience):
    """The streams that are still being sent what they missed.

    Nothing is written to them here; but like all others they are cut and sent away.
    """

    def __init__(self) -> None:
        super().__init__(0, lambda: None)

    @property
    def mark(self) -> int:
        return 0

    def _news(self) -> bytes:
        return b""

    def _missed(self, subscriber: Subscriber) -> bytes:
        return b""


class Audiences:
    """Tells the audiences what the hub has heard. One exists as long as it has streams."""

    def __init__(
        self, conf: Conf, tile_cache: TileCache, ring: Ring, head: Callable[[], EntryId]
    ) -> None:
        self._conf = conf
        self._tile_cache = tile_cache
        self._ring = ring
        self._head = head
        self._tiles: dict[tuple[Shown, Viewer], TileAudience] = {}
        self._events: dict[Wanted, EventAudience] = {}
        self.replaying = Replaying()

    def __iter__(self) -> Iterator[Audience]:
        replaying = [self.replaying] if len(self.replaying) else []
        return iter([*self._tiles.values(), *self._events.values(), *replaying])

    def of_tiles(self, shown: Shown, viewer: Viewer) -> TileAudience:
        """Return the audience of all who see these tiles alike. Join it before you next await."""
        key = (shown, viewer)
        if key not in self._tiles:
            self._tiles[key] = TileAudience(
                shown,
                lambda tile: self._tile_cache.frame(tile, viewer),
                self._conf.STREAM_FLUSH_INTERVAL,
                lambda: self._tiles.pop(key, None),
                lambda tile: self._tile_cache.concern(tile, viewer),
            )
        return self._tiles[key]

    def of_events(self, wanted: Wanted) -> EventAudience:
        """Return the audience of all who want this. Join it before you next await."""
        if wanted not in self._events:
            self._events[wanted] = EventAudience(
                wanted,
                self._ring,
                self._head,
                self._conf.EVENTS_FLUSH_INTERVAL,
                lambda: self._events.pop(wanted, None),
            )
        return self._events[wanted]

    def subjects(self) -> set[tuple[str, str]]:
        """Return the producer and subject of each tile that shows one subject alone."""
        return {
            (tile.producer, tile.subject)
            for tiles in self._tiles.values()
            for tile in tiles.shown.tiles
            if tile.subject is not None
        }

    def hear(self, touched: Set[Change]) -> None:
        """The ring has grown; the tiles `touched` look different."""
        # Copies: the last of an audience may turn out to be gone, and with it its audience.
        for events in list(self._events.values()):
            events.hear()
        self.touch(touched)

    def follow(self) -> None:
        """The site has become another one: let each stream show what it is to show now."""
        for audience in self:
            for subscriber in audience.subscribers:
                if subscriber.stream is not None:
                    subscriber.stream.follow(subscriber)

    def touch(self, changes: Set[Change]) -> None:
        """These tiles look different."""
        for tiles in list(self._tiles.values()):
            tiles.touch(changes)

    def beat(self) -> None:
        """Send everyone a heartbeat."""
        for (_, viewer), tiles in list(self._tiles.items()):
            if tiles.unsure:
                tiles.unsure -= 1
                tiles.touch_all()
            tiles.tell_late()
            tiles.broadcast(self._tile_cache.heartbeat(viewer))
        # The id moves on the cursor of clients to whom nothing that happened was of interest.
        beat = sse.cursor(str(self._head()))
        for events in list(self._events.values()):
            events.flush()
            events.broadcast(beat)

    def cut_stalled(self, since: float) -> None:
        """Cut the connections that have taken nothing since then (loop time)."""
        for audience in self:
            audience.cut_stalled(since)

    def end_events(self) -> None:
        """End the streams of /events/: the log has become another one, which their cursors tell
        them when they come back."""
        for events in list(self._events.values()):
            events.end()

    def end(self) -> None:
        """End all streams now."""
        for audience in self:
            audience.end()

    async def drain(self, seconds: float) -> None:
        """End all streams, spread over `seconds`, so that they do not come back all at once."""
        streams = [stream for audience in self for stream in audience.subscribers]
        random.shuffle(streams)
        steps = max(1, min(len(streams), int(seconds / _DRAIN_STEP)))
        for step in range(steps):
            for stream in streams[step::steps]:
                stream.end(b"")
            await asyncio.sleep(seconds / steps if len(streams) > 1 else 0)
        # Who was let in before all this began, and joined meanwhile.
        for audience in self:
            for stream in audience.subscribers:
                stream.end(b"")
