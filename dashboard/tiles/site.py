"""Site: all configuration as one immutable value, and the one that this process shows just now."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from dashboard.conf import conf
from dashboard.tiles.appearance import PLAIN, Appearance, read_appearance
from dashboard.tiles.build import build
from dashboard.tiles.config import Build, Problem, Tile, build_tiles
from dashboard.tiles.stored import Stored, read_stored
from producers.permissions import Readers
from producers.registry import Registry

DEFAULT_SLUG: Final = "main"
DEFAULT_TITLE: Final = "Eventwall"


class More(NamedTuple):
    """Subjects for which a tile of each has no room: how many, and what some are called.

    `is_least`: nobody knows how many more there are.
    """

    producer: str
    title: str
    left: int
    names: tuple[str, ...]
    is_least: bool = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page of tiles, in the order they are laid out; `subject` is what all of it is about."""

    slug: str
    title: str
    tiles: tuple[Tile, ...]
    more: tuple[More, ...] = ()
    subject: str | None = None
    appearance: Appearance = PLAIN


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Producers, dashboards by slug (the first is the one at `/`), and their tiles by id.

    It is never changed: another one takes its place. What is the same in both is the same
    object, so that who compares sees what changed. `faults` are those of stored rows, which are
    left out; `version` is alike in every process that has the same rows. `layouts` are those of
    the pages of who may see everything.
    """

    producers: Registry
    dashboards: Mapping[str, Dashboard]
    tiles: Mapping[str, Tile]
    stored: Stored
    faults: tuple[Problem, ...]
    version: str
    layouts: Mapping[str, str]

    @property
    def readers(self) -> Mapping[str, Readers]:
        """Alias → who may read it, for the producers that name any."""
        return self.producers.readers

    @property
    def aliases(self) -> frozenset[str]:
        """Every producer, also those that are misconfigured."""
        return frozenset({*self.producers, *self.producers.errors})


class BadDashboards(ImproperlyConfigured):
    """DASHBOARDS cannot be drawn as it is written. `problems` says each fault."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


def make_site(stored: Stored | None = None, before: Site | None = None) -> Site:
    """Return the site that the settings and the rows in `stored` describe.

    What is as it was in `before` is taken over. Raises BadDashboards on faults in the settings;
    ImproperlyConfigured when another one is wrong.
    """
    stored = stored or Stored()
    registry = Registry.build(producer_rows(stored), None if before is None else before.producers)
    build = Build(registry)
    setting = _dashboards(stored, build)
    built = build_tiles(setting, build)
    appearances = {slug: _appearance(slug, setting[slug], build) for slug in built}
    own = tuple(f"DASHBOARDS[{slug!r}]" for slug in stored.dashboards)
    declared = tuple(fault for fault in build.problems if not fault.where.startswith(own))
    if declared:
        raise BadDashboards(declared)
    known = {} if before is None else before.tiles
    tiles: dict[str, Tile] = {}
    dashboards = {}
    for slug, (title, row) in built.items():
        kept = tuple(tiles.setdefault(tile.id, _known(tile, known)) for tile in row)
        dashboards[slug] = Dashboard(slug, title, kept, appearance=appearances[slug])
    return Site(
        registry,
        MappingProxyType(dashboards),
        MappingProxyType(tiles),
        stored,
        tuple(build.problems),
        _version(registry, dashboards),
        {slug: layout_among(dashboards, slug) for slug in dashboards},
    )


_shown: Site | None = None


def current_site() -> Site:
    """Return the site that this process shows now.

    A process that runs a wall is given each by `show`. Any other makes it anew whenever it asks,
    for nobody tells it of changes: then it blocks, and reads the database.
    """
    if _shown is not None:
        return _shown
    try:
        stored = read_stored()
    except DatabaseError:  # commands work before `migrate`, and while the database is away
        stored = Stored()
    return make_site(stored)


def show(new: Site | None) -> None:
    """Have `current_site` return this one from now on; None: the process runs no wall any more."""
    global _shown
    _shown = new


def layout_of(dashboards: Mapping[str, Dashboard], slug: str) -> str:
    """Return the version of a page: alike as long as it has the same tiles, titles and links.

    `dashboards` are those that its viewer sees; there may be none of that slug any more.
    """
    if _shown is not None and dashboards is _shown.dashboards and slug in dashboards:
        return _shown.layouts[slug]
    return layout_among(dashboards, slug)


def layout_among(dashboards: Mapping[str, Dashboard], slug: str) -> str:
    """Return what `layout_of` does, made anew."""
    shown = dashboards.get(slug)
    told = [[one.slug, one.title] for one in dashboards.values()]
    cells = [[tile.id, tile.columns, tile.rows] for tile in shown.tiles] if shown else None
    more = shown.more if shown else ()
    appearance = shown.appearance.model_dump_json() if shown else None
    said = json.dumps([slug, told, cells, more, appearance, build()])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def producer_rows(stored: Stored) -> Any:
    """Return PRODUCERS with the stored rows beside it; whatever else PRODUCERS is, as it is."""
    declared = getattr(settings, "PRODUCERS", {})
    if not isinstance(declared, Mapping):  # the registry says so
        return declared
    return {**declared, **{a: row for a, row in stored.producers.items() if a not in declared}}


def _dashboards(stored: Stored, build: Build) -> dict[str, Any]:
    """Return the rows of all dashboards; stored producers that none names join the first."""
    declared = conf().DASHBOARDS or {DEFAULT_SLUG: {"title": DEFAULT_TITLE}}
    rows: dict[str, Any] = {**declared}
    rows |= {slug: row for slug, row in stored.dashboards.items() if slug not in declared}
    chosen = conf().AUTO_PRODUCERS_DASHBOARD
    slug = chosen if chosen in rows else next(iter(rows))
    listed = {
        slug: row["tiles"]
        for slug, row in rows.items()
        if isinstance(row, Mapping) and isinstance(row.get("tiles"), list | tuple)
    }
    if slug not in listed:  # then it has all
        return rows
    named = [
        tile.get("producer")
        for tiles in listed.values()
        for tile in tiles
        if isinstance(tile, Mapping)
    ]
    homeless = [
        alias for alias in build.aliases if alias in stored.producers and alias not in named
    ]
    joined = [*listed[slug], *({"producer": alias} for alias in homeless)]
    return {**rows, slug: {**rows[slug], "tiles": joined}} if homeless else rows


def _appearance(slug: str, row: Mapping[Any, Any], build: Build) -> Appearance:
    appearance, faults = read_appearance(row)
    for fault in faults:
        build.fault(28, f"DASHBOARDS[{slug!r}]", fault, "see docs/settings.md")
    return appearance


def _known(tile: Tile, known: Mapping[str, Tile]) -> Tile:
    """Return the tile of that id in `known` if it is the same in all that is drawn."""
    old = known.get(tile.id)
    return old if old is not None and old.look == tile.look else tile


def _version(registry: Registry, dashboards: Mapping[str, Dashboard]) -> str:
    told = {
        "producers": {alias: repr(registry.rows.get(alias)) for alias in registry.rows},
        "dashboards": {
            slug: [
                shown.title,
                shown.appearance.model_dump_json(),
                [[tile.id, *map(str, tile.look)] for tile in shown.tiles],
            ]
            for slug, shown in dashboards.items()
        },
    }
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
