"""Subjects: the site as it is while its producers speak of these, and a page of one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, NamedTuple

from dashboard.tiles.config import Tile
from dashboard.tiles.site import Dashboard, More, Site, layout_among

MOST_NAMED: Final = 10
"""Subjects without a tile that are named; the rest are counted."""


class Present(NamedTuple):
    """The subjects that a tile stands for now, in order; `is_least`: there may be more."""

    names: tuple[str, ...]
    is_least: bool = False


def with_subjects(site: Site, present: Mapping[str, Present], most: int) -> Site:
    """Return the site whose tiles that stand for each subject are the tiles of those, `most` each.

    `present` is by the tile's id. One that has no subject yet stands for itself. What no subject
    changes is the same object as in `site`.
    """
    parts: dict[str, tuple[Tile, ...]] = {}
    beyond: dict[str, More] = {}
    for id_, (names, is_least) in present.items():
        tile = site.tiles.get(id_)
        if tile is None or not names:
            continue
        parts[id_] = tuple({part.id: part for part in map(tile.about, names[:most])}.values())
        if left := names[most:]:
            beyond[id_] = More(tile.producer, tile.title, len(left), left[:MOST_NAMED], is_least)
    if not parts:
        return site
    dashboards = {
        slug: _with_parts(dashboard, parts, beyond) for slug, dashboard in site.dashboards.items()
    }
    tiles = {part.id: part for each in parts.values() for part in each}
    layouts = {
        slug: site.layouts[slug]
        if dashboard is site.dashboards[slug]
        else layout_among(dashboards, slug)
        for slug, dashboard in dashboards.items()
    }
    return replace(
        site,
        dashboards=MappingProxyType(dashboards),
        tiles=MappingProxyType({**site.tiles, **tiles}),
        layouts=layouts,
    )


def _with_parts(
    dashboard: Dashboard, parts: Mapping[str, Sequence[Tile]], beyond: Mapping[str, More]
) -> Dashboard:
    if not any(tile.id in parts for tile in dashboard.tiles):
        return dashboard
    tiles = tuple(part for tile in dashboard.tiles for part in parts.get(tile.id, (tile,)))
    more = tuple(beyond[tile.id] for tile in dashboard.tiles if tile.id in beyond)
    return replace(dashboard, tiles=tiles, more=more)


def about(dashboards: Mapping[str, Dashboard], slug: str, subject: str) -> dict[str, Dashboard]:
    """Return the dashboards with the one of `slug` as a page of one subject alone.

    Nothing need have been said of it yet.
    """
    shown = dashboards[slug]
    wholes = dict.fromkeys(tile.whole or tile for tile in shown.tiles)
    tiles = tuple(tile if tile.is_fixed else tile.about(subject) for tile in wholes)
    title = f"{shown.title} · {subject}"
    page = replace(shown, title=title, tiles=tiles, more=(), subject=subject)
    return {**dashboards, slug: page}
