"""A tile of several producers: drawn when any of them speaks, and only for who may read all."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from dashboard.access.access import Access, narrowed
from dashboard.access.tickets import Ticket
from dashboard.history.past import Scope
from dashboard.live.tile_audience import Shown, TileAudience
from dashboard.live.tile_cache import TileCache
from dashboard.live.windows import Windows
from dashboard.tiles.render import Viewer
from dashboard.tiles.site import Site, make_site, show
from tests.support.drawn import NOW, Page, entries

VIEWER: Final = Viewer("http://wall.example", None)
PRODUCERS: Final = ("kitchen", "outdoor", "deploys")


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    settings.PRODUCERS = {
        alias: {"BACKEND": "producers.readings.ReadingsProducer"} for alias in PRODUCERS
    }
    options = {"also": ["outdoor"], "annotations": ["deploys"]}
    tile = {"producer": "kitchen", "widget": "chart", "options": options}
    settings.DASHBOARDS = {"main": {"tiles": [tile]}}
    made = make_site()
    show(made)
    yield made
    show(None)


def test_it_is_drawn_again_when_any_of_them_spoke(site: Site) -> None:
    windows = Windows(site)
    cache = TileCache(windows, site, 10.0, lambda: NOW)
    tile = site.tiles["kitchen"]
    for _, past in windows.unprimed():
        past.prime({}, [], entries([{}])[0].id._replace(seq=0))
    windows["kitchen"].hear(entries([{"value": 20}], "kitchen"), now=0.0)
    assert Page(cache.html(tile, VIEWER)).with_class("s2") == []

    windows["outdoor"].hear(entries([{"value": 4.5}], "outdoor"), now=0.0)
    assert "outdoor 4.5" in Page(cache.html(tile, VIEWER)).text

    windows["deploys"].hear(entries([{"text": "version 2"}], "deploys"), now=0.0)
    assert "deploys: version 2" in Page(cache.html(tile, VIEWER)).text


def test_who_marks_something_needs_no_past(site: Site) -> None:
    scope = Scope(3_600)

    assert {alias: [*window.pasts] for alias, window in Windows(site).items()} == {
        "kitchen": [scope],
        "outdoor": [scope],
        "deploys": [],
    }


@pytest.mark.parametrize("alias", PRODUCERS)
async def test_its_streams_are_told_when_any_of_them_spoke(site: Site, alias: str) -> None:
    drawn: list[str] = []

    def draw(tile: Any) -> bytes:
        drawn.append(tile.id)
        return b""

    audience = TileAudience(Shown((site.tiles["kitchen"],)), draw, 0.05, lambda: None)
    audience.touch({alias})
    audience.flush()

    assert drawn == ["kitchen"]


@pytest.mark.parametrize("hidden", PRODUCERS)
def test_who_may_not_read_all_of_them_does_not_see_it(site: Site, hidden: str) -> None:
    access = Access(producers=frozenset(PRODUCERS) - {hidden})

    assert access.tiles_of(site.dashboards["main"]) == ()
    assert access.all_tiles() == {}
    assert Access(producers=frozenset(PRODUCERS)).sees(site.tiles["kitchen"])


def test_an_embed_of_it_shows_all_of_them(site: Site) -> None:
    ticket = Ticket(holder="embed:1", expires=NOW, tiles=frozenset({"kitchen"}))

    assert narrowed(None, ticket) == frozenset(PRODUCERS)
    assert narrowed(frozenset({"kitchen"}), ticket) == frozenset({"kitchen"})
