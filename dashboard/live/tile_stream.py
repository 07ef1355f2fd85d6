"""TileStream: /stream/, always current."""

from dashboard.live import closing
from dashboard.live.hub import Hub
from dashboard.live.stream import Stream
from dashboard.live.subscriber import Subscriber
from dashboard.live.tile_audience import TileAudience
from dashboard.tiles.registry import Tile
from dashboard.tiles.render import Viewer


class TileStream(Stream):
    """A snapshot of every tile, then each tile that changed, as it is now.

    The sse extension opens a new EventSource after an HTTP error and so forgets Last-Event-ID:
    hence the snapshot on every connect, whatever the client says it has seen.
    """

    def __init__(self, hub: Hub, tiles: tuple[Tile, ...], viewer: Viewer) -> None:
        self._hub = hub
        self._tiles = tiles
        self._viewer = viewer

    async def attach(self, subscriber: Subscriber) -> TileAudience:
        audience = self._hub.audiences.of_tiles(self._tiles, self._viewer)
        audience.join(subscriber, self._hub.painter.heartbeat + audience.snapshot())
        return audience

    def farewell(self, reason: closing.Reason) -> bytes:
        return closing.to_page(reason)
