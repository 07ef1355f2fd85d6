"""TileCache: draws each tile once per change and kind of viewer, and keeps the bytes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from django.template.loader import render_to_string

from dashboard.history.past import AnyPast, Scope
from dashboard.live.sse import Frame
from dashboard.live.window import Window
from dashboard.log.base import Entry
from dashboard.tiles.concern import Concern
from dashboard.tiles.config import Tile
from dashboard.tiles.overview import Noted, noted
from dashboard.tiles.render import FRESH, Face, Viewer, draw_face, under_heading
from dashboard.tiles.sight import Sight
from dashboard.tiles.site import Site
from dashboard.widgets.base import Beside
from dashboard.widgets.times import localtime
from producers.base import utc_now

_LATE: Final = 3.0
"""Seconds that a heartbeat may be late before the page that waits for it asks why."""
_LOOKS: Final = 13.0
"""Seconds without an answer after which a page that looks every few seconds asks why."""
_MOST_KEPT = 4096
"""Drawings kept; a site has tiles times a handful of viewers, so more means they are stale."""

_State: TypeAlias = tuple[tuple[int, ...], int, bool]


class TileCache:
    """Tiles as HTML for the page and as frames for the stream, from the hub's windows."""

    def __init__(
        self,
        windows: Mapping[str, Window],
        site: Site,
        heartbeat: float,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._windows = windows
        self._now = now
        self._day = localtime(now()).toordinal()
        self._minute = 0.0, 0
        self.site = site
        self._patience = heartbeat + _LATE
        self._pulses: dict[tuple[str, bool], tuple[str, bytes]] = {}
        self._faces: dict[tuple[Tile, Viewer], tuple[_State, Face]] = {}
        self._frames: dict[tuple[Tile, Viewer], tuple[_State, bytes]] = {}

    def html(self, tile: Tile, viewer: Viewer) -> str:
        """Return what is inside the tile now."""
        face = self._face(tile, viewer)
        return under_heading(face.html, tile, viewer, is_live=not viewer.is_guest)

    def sight(self, tile: Tile) -> Sight:
        """Return what the tile is drawn from now."""
        alias, scope = tile.producer, tile.widget.scope
        window, producers = self._window(tile), self.site.producers
        return Sight(
            tile,
            producers.errors.get(alias) or producers[alias],
            # What stands for each subject shows none of them.
            () if tile.forget is not None else self._entries(tile, window),
            self._now(),
            state=window.state,
            stale=window.stale,
            past=self._past(alias, scope, tile.subject),
            others={
                other: Beside(
                    tuple(self._windows[other].entries), self._past(other, scope, tile.subject)
                )
                for other in tile.producers[1:]
            },
        )

    def concern(self, tile: Tile, viewer: Viewer) -> Concern | None:
        """Return what was the matter with the tile when it was last drawn for this viewer."""
        kept = self._faces.get((tile, viewer))
        return (kept[1] if kept is not None else self._face(tile, viewer)).concern

    def noted(self, tiles: Iterable[Tile], viewer: Viewer) -> tuple[Noted, ...]:
        """Return which of these tiles something was the matter with when they were last drawn."""
        return noted(tiles, lambda tile: self.concern(tile, viewer))

    def _window(self, tile: Tile) -> Window:
        window = self._windows[tile.producer]
        return window if tile.subject is None else window.about(tile.subject, tile.widget.depth)

    def _entries(self, tile: Tile, window: Window) -> tuple[Entry, ...]:
        if not tile.widget.per_subject or window.newest is None:
            return tuple(window.entries)
        newest, depth = window.newest.entries, tile.widget.depth
        if depth == 1:
            return tuple(newest)
        latest = tuple(window.entries)[-depth:]
        return (*(entry for entry in newest if not latest or entry.id < latest[0].id), *latest)

    def _past(self, alias: str, scope: Scope | None, subject: str | None) -> AnyPast | None:
        past = None if scope is None else self._windows[alias].pasts.get(scope)
        return past if past is None or subject is None else past.about(subject)

    def _face(self, tile: Tile, viewer: Viewer) -> Face:
        state = self._state_of(tile)
        kept = self._faces.get((tile, viewer))
        if kept is not None and kept[0] == state:
            return kept[1]
        face = draw_face(self.sight(tile), viewer)
        if len(self._faces) >= _MOST_KEPT:
            self._faces.clear()
            self._frames.clear()
        self._faces[tile, viewer] = (state, face)
        return face

    def frame(self, tile: Tile, viewer: Viewer) -> bytes:
        """Return the tile as an SSE frame, named by the tile, under its newest entry's id.

        It is what changes of the tile; for a guest, whose page may have no heading, all of it.
        """
        window = self._window(tile)
        state = self._state_of(tile)
        kept = self._frames.get((tile, viewer))
        if kept is not None and kept[0] == state:
            return kept[1]
        newest = str(window.entries[-1].id) if window.entries else None
        html = self.html(tile, viewer) if viewer.is_guest else self._face(tile, viewer).html
        frame = Frame(tile.id, html, newest).encode()
        self._frames[tile, viewer] = (state, frame)
        return frame

    def _state_of(self, tile: Tile) -> _State:
        """Return all that its words depend on: what happened, the day, whether it is new."""
        window, now = self._window(tile), self._now()
        is_fresh = bool(window.entries) and now - window.entries[-1].received < FRESH
        others = (self._windows[alias].version for alias in tile.producers[1:])
        versions = (window.version, *others)
        return versions, self._today(now), is_fresh

    def _today(self, now: datetime) -> int:
        """Return the day at `now`, as looked up once a minute: each tile of a snapshot asks."""
        minute = now.timestamp() // 60
        if minute != self._minute[0]:
            self._minute = minute, localtime(now).toordinal()
        return self._minute[1]

    def day_has_turned(self) -> bool:
        """Return whether it is another day than when this was last asked: a time that stood alone
        is now of the day before, and says so with its date."""
        before, self._day = self._day, localtime(self._now()).toordinal()
        return self._day != before

    def pulse(self, viewer: Viewer) -> str:
        """Return what says on the page that it is live, and in silence that it is not."""
        return self._pulse(viewer)[0]

    def heartbeat(self, viewer: Viewer, *, by_looks: bool = False) -> bytes:
        """Return the frame that puts a new pulse in the old one's place. It has no id.

        `by_looks`: the stream ends with it, and its page looks again every few seconds.
        """
        return self._pulse(viewer, by_looks)[1]

    def _pulse(self, viewer: Viewer, by_looks: bool = False) -> tuple[str, bytes]:
        known = (viewer.revive, by_looks)
        if known not in self._pulses:
            patience = max(self._patience, _LOOKS) if by_looks else self._patience
            said = {
                "revive": viewer.revive,
                "patience": f"{1000 * patience:.0f}",
                "by_looks": by_looks,
            }
            html = render_to_string("dashboard/heartbeat.html", said).strip()
            self._pulses[known] = (html, Frame("hb", html).encode())
        return self._pulses[known]
