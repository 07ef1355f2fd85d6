"""TileAudience: the streams that show the same tiles to the same kind of viewer."""

from collections.abc import Callable, Iterable, Sequence

from dashboard.live.audience import Audience
from dashboard.live.subscriber import Subscriber
from dashboard.tiles.registry import Tile


class TileAudience(Audience):
    """Always current: a snapshot first, then the latest state of each tile that changed.

    `draw` returns a tile's frame as bytes. Between two flushes a tile is drawn once, however
    often it changed; a client that was slow gets the tiles that changed meanwhile, as they are
    now.
    """

    def __init__(
        self,
        tiles: Sequence[Tile],
        draw: Callable[[Tile], bytes],
        interval: float,
        on_empty: Callable[[], object],
    ) -> None:
        super().__init__(interval, on_empty)
        self._draw = draw
        self._by_producer: dict[str, list[Tile]] = {}
        for tile in tiles:
            self._by_producer.setdefault(tile.producer, []).append(tile)
        self._tiles = tuple(tiles)
        self._dirty: set[Tile] = set()
        self._changed = dict.fromkeys(self._tiles, 0)
        self._mark = 0

    @property
    def mark(self) -> int:
        return self._mark

    def touch(self, producers: Iterable[str]) -> None:
        """Note that these producers' tiles look different now."""
        for producer in producers:
            self._dirty.update(self._by_producer.get(producer, ()))
        if self._dirty:
            self.schedule()

    def snapshot(self) -> bytes:
        """Return a frame of every tile, as it is now."""
        return b"".join(map(self._draw, self._tiles))

    def _news(self) -> bytes:
        if not self._dirty:
            return b""
        self._mark += 1
        dirty = [tile for tile in self._tiles if tile in self._dirty]
        self._dirty.clear()
        self._changed.update(dict.fromkeys(dirty, self._mark))
        return b"".join(map(self._draw, dirty))

    def _missed(self, subscriber: Subscriber) -> bytes:
        return b"".join(
            self._draw(tile) for tile in self._tiles if self._changed[tile] > subscriber.seen
        )
