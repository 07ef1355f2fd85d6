"""TileAudience: the streams that show the same tiles to the same kind of viewer."""

from collections.abc import Callable, Iterable, Set
from typing import Final, NamedTuple, TypeAlias

from dashboard.live.audience import Audience
from dashboard.live.notices import Notices, summary_frame
from dashboard.live.pace import Pace
from dashboard.live.sse import Frame
from dashboard.live.subscriber import Subscriber
from dashboard.tiles.concern import Concern
from dashboard.tiles.config import Tile
from dashboard.tiles.overview import Noted

Change: TypeAlias = str | tuple[str, str | None]
"""Whose tiles look different: all of a producer, or those of it that show this subject alone, None:
that show whatever it is about."""

_NOTHING: Final = -1
"""What a stream has seen of an audience that it was moved to while it was busy."""

_UNSURE_BEATS: Final = 2


class Shown(NamedTuple):
    """Tiles in their order, and the version of the page that has them: "" where none has.

    `title` is that of a page with a header, which says what is wrong; "": it has none. Between two
    drawings of a tile are `refresh` seconds at least; None: it is drawn as it changes.
    """

    tiles: tuple[Tile, ...]
    layout: str = ""
    title: str = ""
    refresh: float | None = None

    @property
    def frame(self) -> bytes:
        """What tells an open page that it is another one now; nothing, where there is no page."""
        return Frame("layout", self.layout).encode() if self.layout else b""

    def summary(self, wrong: tuple[Noted, ...]) -> bytes:
        """Return what tells an open page which of its tiles are to be looked at."""
        return summary_frame(self.title, wrong) if self.title else b""


class TileAudience(Audience):
    """Always current: a snapshot first, then the latest state of each tile that changed.

    `draw` returns a tile's frame as bytes, `concern` what was the matter with it when it was drawn.
    Between two flushes a tile is drawn once, however often it changed, and one with a `refresh` not
    before that is over; a client that was slow gets the tiles that changed meanwhile, as they are
    now.
    """

    def __init__(
        self,
        shown: Shown,
        draw: Callable[[Tile], bytes],
        interval: float,
        on_empty: Callable[[], object],
        concern: Callable[[Tile], Concern | None] = lambda tile: None,
    ) -> None:
        super().__init__(interval, on_empty)
        self._draw = draw
        self._by_change: dict[Change, list[Tile]] = {}
        for tile in shown.tiles:
            for alias in tile.producers:
                for change in (alias, (alias, tile.subject)):
                    self._by_change.setdefault(change, []).append(tile)
        self.shown = shown
        self.unsure = 0
        """Heartbeats with every tile, for pages that fetched their new tiles meanwhile."""
        self._tiles = shown.tiles
        self._dirty: set[Tile] = set()
        self._pace = Pace(shown.tiles, shown.refresh, self._mark_dirty)
        self._changed = dict.fromkeys(self._tiles, 0)
        self._mark = 0
        self._notices: Notices | None = None
        if shown.title:
            for tile in shown.tiles:
                draw(tile)
            self._notices = Notices(shown.title, shown.tiles, concern)

    @property
    def mark(self) -> int:
        return self._mark

    def touch(self, changes: Iterable[Change]) -> None:
        """Note that these tiles look different now."""
        changed: set[Tile] = set()
        for change in changes:
            changed.update(self._by_change.get(change, ()))
        if changed:
            self._mark_dirty(self._pace.due(changed))

    def touch_all(self) -> None:
        """Note that nobody knows which tiles were seen."""
        self.touch(self._by_change)

    def tell_late(self) -> None:
        """Note that it is time to tell of tiles that changed too often to be told of at once."""
        if self._notices is not None and self._notices.late:
            self._dirty |= self._notices.late
            self.schedule()

    def leave(self, subscriber: Subscriber) -> None:
        super().leave(subscriber)
        if not len(self):
            self._pace.stop()

    def take_over(self, subscriber: Subscriber, before: "TileAudience") -> None:
        """Have a stream that showed other tiles: its page is told to fetch these.

        One that is busy gets all of it when it is free again.
        """
        if self._notices is not None and before._notices is not None and not len(self):
            self._notices.go_on(before._notices)
        self.unsure = _UNSURE_BEATS
        is_busy = subscriber.busy_since is not None
        self.join(subscriber, b"" if is_busy else self.shown.frame)
        if is_busy:
            subscriber.seen = _NOTHING
        self.tell_late()

    def snapshot(self) -> bytes:
        """Return a frame of every tile, as it is now, and what is wrong with them."""
        tiles = b"".join(map(self._draw, self._tiles))
        return tiles if self._notices is None else tiles + self._notices.snapshot()

    def _mark_dirty(self, tiles: Set[Tile]) -> None:
        if tiles:
            self._dirty |= tiles
            self.schedule()

    def _news(self) -> bytes:
        if not self._dirty:
            return b""
        self._mark += 1
        dirty = [tile for tile in self._tiles if tile in self._dirty]
        self._dirty.clear()
        self._pace.note(dirty)
        self._changed.update(dict.fromkeys(dirty, self._mark))
        tiles = b"".join(map(self._draw, dirty))
        return tiles if self._notices is None else tiles + self._notices.news(dirty, self._mark)

    def _missed(self, subscriber: Subscriber) -> bytes:
        missed = b"".join(
            self._draw(tile) for tile in self._tiles if self._changed[tile] > subscriber.seen
        )
        if self._notices is not None:
            missed += self._notices.missed(subscriber.seen)
        return self.shown.frame + missed if subscriber.seen == _NOTHING else missed
