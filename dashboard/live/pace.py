"""Pace: tiles that are to be drawn seldom wait for their turn, however often they change."""

import asyncio
from collections.abc import Callable, Iterable, Set

from dashboard.tiles.config import Tile


class Pace:
    """When those of one audience's tiles that have a `refresh` are drawn again.

    `on_due` is called with tiles that changed too soon, once they may be drawn.
    """

    def __init__(self, tiles: Iterable[Tile], on_due: Callable[[Set[Tile]], object]) -> None:
        self._on_due = on_due
        self._seldom = {tile: tile.refresh for tile in tiles if tile.refresh is not None}
        self._next: dict[Tile, float] = {}
        self._waiting: dict[Tile, asyncio.TimerHandle] = {}

    def due(self, changed: Set[Tile]) -> Set[Tile]:
        """Return those that may be drawn now; the others wait."""
        if not self._seldom:
            return changed
        loop = asyncio.get_running_loop()
        early = {tile for tile in changed if self._next.get(tile, 0.0) > loop.time()}
        for tile in early - self._waiting.keys():
            self._waiting[tile] = loop.call_at(self._next[tile], self._release, tile)
        return changed - early

    def note(self, drawn: Iterable[Tile]) -> None:
        """Note that these are drawn just now."""
        if not self._seldom:
            return
        now = asyncio.get_running_loop().time()
        for tile in self._seldom.keys() & set(drawn):
            self._next[tile] = now + self._seldom[tile]

    def stop(self) -> None:
        """Wait for nothing more: nobody is there to see it."""
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()

    def _release(self, tile: Tile) -> None:
        self._waiting.pop(tile, None)
        self._on_due(self.due({tile}))
