"""Pace: tiles wait for their turn to be drawn, however often they change."""

import asyncio
from collections.abc import Callable, Iterable, Set

from dashboard.tiles.config import Tile


class Pace:
    """When one audience's tiles are drawn again: `refresh` seconds after they were, or their own.

    None: they are drawn as they change.
    `on_due` is called with tiles that changed too soon, once they may be drawn.
    """

    def __init__(
        self, tiles: Iterable[Tile], refresh: float | None, on_due: Callable[[Set[Tile]], object]
    ) -> None:
        self._on_due = on_due
        paces = {tile: refresh if tile.refresh is None else tile.refresh for tile in tiles}
        self._seldom = {tile: pace for tile, pace in paces.items() if pace is not None}
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
            pace = self._seldom[tile]
            # Those of the page's pace in step: together they cost a browser less than in turns.
            in_step = (now // pace + 1) * pace if tile.refresh is None else now + pace
            self._next[tile] = in_step

    def stop(self) -> None:
        """Wait for nothing more: nobody is there to see it."""
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()

    def _release(self, tile: Tile) -> None:
        self._waiting.pop(tile, None)
        self._on_due(self.due({tile}))
