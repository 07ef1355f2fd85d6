"""Overview: what a dashboard's header says of all its tiles, worst first, and its page's title."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from django.template.loader import render_to_string

from dashboard.tiles.concern import KINDS, Concern, Kind
from dashboard.tiles.config import Tile

MOST_NAMED: Final = 6
"""Tiles that the header names; the others are counted."""
MOST_TOLD: Final = 5
"""Tiles that are told of at once; more are counted, or a reader would not come to an end."""

_SHAPES: Final[dict[Kind, str]] = {"alert": "■", "warn": "▲", "failing": "✕", "stale": "▨"}
_COUNTED: Final[dict[Kind, tuple[str, str]]] = {
    "alert": ("alert", "alerts"),
    "warn": ("warning", "warnings"),
    "failing": ("failing", "failing"),
    "stale": ("silent", "silent"),
}


class Noted(NamedTuple):
    """A tile that somebody is to look at, and why."""

    id: str
    title: str
    kind: Kind


class Told(NamedTuple):
    """What is told of a tile once: what is the matter now, None when it is well again."""

    title: str
    concern: Concern | None


@dataclass(frozen=True, slots=True)
class _Group:
    kind: Kind
    count: int
    word: str
    named: Sequence[Noted]

    @property
    def more(self) -> int:
        return self.count - len(self.named)


def noted(tiles: Iterable[Tile], concern: Callable[[Tile], Concern | None]) -> tuple[Noted, ...]:
    """Return those of the tiles that somebody is to look at, in their order."""
    found = ((tile, concern(tile)) for tile in tiles)
    return tuple(Noted(tile.id, tile.title, why.kind) for tile, why in found if why is not None)


def title_of(title: str, wrong: Sequence[Noted]) -> str:
    """Return a page's title: before it the shape of the worst, and how many there are."""
    if not wrong:
        return title
    worst = min(wrong, key=lambda one: KINDS.index(one.kind))
    return f"{_SHAPES[worst.kind]} {len(wrong)} · {title}"


@lru_cache(maxsize=128)
def summary(wrong: tuple[Noted, ...]) -> str:
    """Return what stands in the header, as HTML; nothing when nothing is the matter."""
    groups, room = [], MOST_NAMED
    for kind in KINDS:
        if there := [one for one in wrong if one.kind == kind]:
            word = _COUNTED[kind][len(there) > 1]
            # The first of each kind is where its count leads.
            groups.append(_Group(kind, len(there), word, there[: max(1, room)]))
            room -= len(there)
    return render_to_string("dashboard/summary.html", {"groups": groups}).strip()


def told(news: Sequence[Told]) -> str:
    """Return what a screen reader is to say of these tiles, as HTML."""
    shown = {"news": news[:MOST_TOLD], "more": max(0, len(news) - MOST_TOLD)}
    return render_to_string("dashboard/told.html", shown).strip()
