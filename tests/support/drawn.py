"""Entries at chosen times, and HTML read back as a browser's parser would."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from dashboard.log.base import Entry, EntryId
from dashboard.tiles.config import Tile
from dashboard.tiles.render import Viewer, draw_face, under_heading
from dashboard.tiles.sight import Sight
from dashboard.tiles.site import make_site
from producers.events import Event

NOW = datetime(2026, 11, 22, 14, 3, 7, tzinfo=UTC)

VOID = {"meta", "link", "img", "br", "hr", "input"}


def entries(
    rows: Iterable[Mapping[str, Any]],
    producer: str = "p",
    *,
    until: datetime = NOW,
    every: float = 5.0,
    subject: str | None = None,
) -> list[Entry]:
    """Return one entry per row of data, `every` seconds apart, the newest at `until`."""
    data = list(rows)
    made = []
    for number, row in enumerate(data):
        at = until - timedelta(seconds=every * (len(data) - 1 - number))
        event = Event(producer=producer, type="t", time=at, data=row, subject=subject)
        made.append(Entry(EntryId("e", number + 1), event, at))
    return made


def sight(tile: Tile, shown: Iterable[Entry] = (), **given: Any) -> Sight:
    """Return what the tile is drawn from at NOW, when these entries are there; `given`: as there
    is otherwise."""
    producers = make_site().producers
    producer = producers.errors.get(tile.producer) or producers[tile.producer]
    return Sight(
        **{"tile": tile, "producer": producer, "entries": tuple(shown), "now": NOW, **given}
    )


def inside(seen: Sight, viewer: Viewer) -> str:
    """Return all that is inside the tile's `<article>`."""
    return under_heading(draw_face(seen, viewer).html, seen.tile, viewer)


def told(*rows: tuple[str | None, Mapping[str, Any]], every: float = 5.0) -> list[Entry]:
    """Return one entry per (subject, data), `every` seconds apart, the newest at NOW."""
    made = entries([data for _, data in rows], every=every)
    return [
        replace(entry, event=replace(entry.event, subject=subject))
        for entry, (subject, _) in zip(made, rows, strict=True)
    ]


class Page(HTMLParser):
    """What is in some HTML: `tags` with their attributes, `text` with spaces squeezed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.misnested: list[str] = []
        self._texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.misnested.append(tag)

    def handle_data(self, data: str) -> None:
        self._texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self._texts).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def with_class(self, name: str) -> list[dict[str, str]]:
        return [a for _, a in self.tags if name in a.get("class", "").split()]
