"""Dashboards and their tiles, out of DASHBOARDS; without it, one with a tile per producer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from dashboard.conf import conf
from dashboard.tiles.config import Build, Problem, Tile, build_tiles
from producers.registry import producers

__all__ = ["BadDashboards", "Dashboard", "Problem", "Tile", "dashboards", "tiles"]

DEFAULT_SLUG = "main"
DEFAULT_TITLE = "Eventwall"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page of tiles, in the order they are laid out."""

    slug: str
    title: str
    tiles: tuple[Tile, ...]


class BadDashboards(ImproperlyConfigured):
    """DASHBOARDS cannot be drawn as it is written. `problems` says each fault."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


@cache
def dashboards() -> Mapping[str, Dashboard]:
    """Return the dashboards by slug; the first is the one at `/`. Raises BadDashboards."""
    build = Build(producers())
    setting = conf().DASHBOARDS or {
        DEFAULT_SLUG: {
            "title": DEFAULT_TITLE,
            "tiles": [{"producer": alias} for alias in build.aliases],
        }
    }
    rows = build_tiles(setting, build)
    if build.problems:
        raise BadDashboards(tuple(build.problems))
    return MappingProxyType(
        {slug: Dashboard(slug, title, row) for slug, (title, row) in rows.items()}
    )


@cache
def tiles() -> Mapping[str, Tile]:
    """Return every tile of every dashboard by its id. Raises BadDashboards."""
    return MappingProxyType(
        {tile.id: tile for dashboard in dashboards().values() for tile in dashboard.tiles}
    )


def _forget(*, setting: str, **_: object) -> None:
    if setting in ("DASHBOARDS", "PRODUCERS"):
        dashboards.cache_clear()
        tiles.cache_clear()


setting_changed.connect(_forget)
