"""Notices: what a page is told of its tiles all together: what is wrong, and what is so since."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from django.utils.html import escape

from dashboard.live.sse import Frame
from dashboard.tiles.concern import Concern, Kind
from dashboard.tiles.config import Tile
from dashboard.tiles.overview import Noted, Told, noted, summary, title_of, told

SUMMARY: Final = "_summary"
TOLD: Final = "_told"
"""Names of events; a tile's id begins with a letter or digit, so none can be called that."""

_QUIET: Final = 10.0
"""Seconds after a tile was told of in which it is not again: a value that trembles around its
limit would have a screen reader talk for ever."""


class Notices:
    """Keeps what each tile's concern was when the page was last told.

    `concern` returns what is the matter with a tile as it was last drawn. The header is always as
    things are; a change is told once, and not to who comes later.
    """

    def __init__(
        self,
        title: str,
        tiles: Sequence[Tile],
        concern: Callable[[Tile], Concern | None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title = title
        self._concern = concern
        self._now = now
        self._kinds = {tile: _kind(concern(tile)) for tile in tiles}
        self._told = dict(self._kinds)
        self._told_at: dict[Tile, float] = {}
        self._marks: dict[Tile, int] = {}
        self._mark = 0
        self.late: set[Tile] = set()
        """Tiles that changed so soon after they were told of that they are to be told later."""

    def snapshot(self) -> bytes:
        """Return the frame that says what is wrong, by the latest drawing of each tile."""
        return summary_frame(self._title, noted(self._kinds, self._concern))

    def news(self, drawn: Iterable[Tile], mark: int) -> bytes:
        """Return frames with what has changed, now that these tiles were drawn; b"" for nothing."""
        is_other, news = False, []
        for tile in drawn:
            concern = self._concern(tile)
            kind = _kind(concern)
            if kind != self._kinds[tile]:
                self._kinds[tile] = kind
                is_other = True
            if kind == self._told[tile]:
                self.late.discard(tile)
            elif self._may_tell(tile):
                self._told[tile] = kind
                self._marks[tile] = mark
                news.append(Told(tile.title, concern))
        if is_other:
            self._mark = mark
        return (self.snapshot() if is_other else b"") + _told_frame(news)

    def missed(self, seen: int) -> bytes:
        """Return what has changed since that mark, as it is now."""
        news = [
            Told(tile.title, self._concern(tile))
            for tile, mark in self._marks.items()
            if mark > seen
        ]
        return (self.snapshot() if self._mark > seen else b"") + _told_frame(news)

    def go_on(self, before: "Notices") -> None:
        """Take over what a page was told while it had the tiles of `before`: what is so since is
        late, also of a tile that is new."""
        known = {tile.id: tile for tile in before._told}
        for tile, kind in self._kinds.items():
            old = known.get(tile.id)
            self._told[tile] = None if old is None else before._told[old]
            if old in before._told_at:
                self._told_at[tile] = before._told_at[old]
            if self._told[tile] != kind:
                self.late.add(tile)

    def _may_tell(self, tile: Tile) -> bool:
        now = self._now()
        if now - self._told_at.get(tile, -_QUIET) < _QUIET:
            self.late.add(tile)
            return False
        self.late.discard(tile)
        self._told_at[tile] = now
        return True


@lru_cache(maxsize=128)
def summary_frame(title: str, wrong: tuple[Noted, ...]) -> bytes:
    """Return the frame that puts these into a page's header, and the title that goes with them.

    htmx takes a `<title>` that stands first out of what it swaps, and makes it the page's.
    """
    html = f"<title>{escape(title_of(title, wrong))}</title>{summary(wrong)}"
    return Frame(SUMMARY, html).encode()


def _told_frame(news: Sequence[Told]) -> bytes:
    return Frame(TOLD, told(news)).encode() if news else b""


def _kind(concern: Concern | None) -> Kind | None:
    return None if concern is None else concern.kind
