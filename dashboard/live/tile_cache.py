"""TileCache: draws each tile once per change and kind of viewer, and keeps the bytes."""

from collections.abc import Mapping
from functools import cached_property

from django.template.loader import render_to_string

from dashboard.live.sse import Frame
from dashboard.live.window import Window
from dashboard.tiles.registry import Tile
from dashboard.tiles.render import Viewer, draw

_MOST_KEPT = 4096
"""Drawings kept; a site has tiles times a handful of viewers, so more means they are stale."""


class TileCache:
    """Tiles as HTML for the page and as frames for the stream, from the hub's windows."""

    def __init__(self, windows: Mapping[str, Window]) -> None:
        self._windows = windows
        self._html: dict[tuple[Tile, Viewer], tuple[int, str]] = {}
        self._frames: dict[tuple[Tile, Viewer], tuple[int, bytes]] = {}

    def html(self, tile: Tile, viewer: Viewer) -> str:
        """Return what is inside the tile now."""
        window = self._windows[tile.producer]
        kept = self._html.get((tile, viewer))
        if kept is not None and kept[0] == window.version:
            return kept[1]
        html = draw(tile, window.entries, state=window.state, stale=window.stale, viewer=viewer)
        if len(self._html) >= _MOST_KEPT:
            self._html.clear()
            self._frames.clear()
        self._html[tile, viewer] = (window.version, html)
        return html

    def frame(self, tile: Tile, viewer: Viewer) -> bytes:
        """Return the tile as an SSE frame, named by the tile, under its newest entry's id."""
        window = self._windows[tile.producer]
        kept = self._frames.get((tile, viewer))
        if kept is not None and kept[0] == window.version:
            return kept[1]
        newest = str(window.entries[-1].id) if window.entries else None
        frame = Frame(tile.id, self.html(tile, viewer), newest).encode()
        self._frames[tile, viewer] = (window.version, frame)
        return frame

    @cached_property
    def heartbeat(self) -> bytes:
        """The frame that restarts the page's "connection lost" animation. It has no id."""
        return Frame("hb", render_to_string("dashboard/heartbeat.html").strip()).encode()
