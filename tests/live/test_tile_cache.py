"""A tile that was drawn is drawn again when it would say something else."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.live.tile_cache import TileCache
from dashboard.live.window import Window
from dashboard.tiles.render import Viewer
from dashboard.tiles.site import make_site
from tests.support.drawn import NOW, Page, entries

VIEWER = Viewer("http://wall.example", None)


class Shown:
    """A tile of notes, whose clock is `now`."""

    def __init__(self) -> None:
        self.now = NOW
        self.window = Window(60, None)
        self.window.hear(entries([{"text": "a note"}]), now=0.0)
        site = make_site()
        self.tile = site.tiles["notes"]
        self.cache = TileCache({"notes": self.window}, site, 10.0, lambda: self.now)

    def page(self) -> Page:
        return Page(self.cache.html(self.tile, VIEWER))


@pytest.fixture
def shown(settings: Any) -> Shown:
    settings.TIME_ZONE = "UTC"
    settings.PRODUCERS = {"notes": {"BACKEND": "producers.notes.NotesProducer"}}
    settings.DASHBOARDS = {}
    return Shown()


def test_when_the_day_has_turned_a_time_has_its_date(shown: Shown) -> None:
    assert "changed 14:03:07" in shown.page().text
    frame = shown.cache.frame(shown.tile, VIEWER)

    shown.now += timedelta(days=3)

    assert "changed 2026-11-22 14:03:07" in shown.page().text
    assert shown.cache.frame(shown.tile, VIEWER) != frame


def test_that_the_day_has_turned_is_told_once(shown: Shown) -> None:
    told = [shown.cache.day_has_turned()]
    shown.now += timedelta(hours=10)

    told += [shown.cache.day_has_turned(), shown.cache.day_has_turned()]

    assert told == [False, True, False]


def test_a_tile_that_was_new_is_not_new_for_who_comes_later(shown: Shown) -> None:
    assert shown.page().with_class("fresh")

    shown.now += timedelta(seconds=60)

    assert not shown.page().with_class("fresh")


def test_what_would_say_the_same_is_drawn_once(shown: Shown) -> None:
    first = shown.cache.frame(shown.tile, VIEWER)

    shown.now += timedelta(seconds=1)

    assert shown.cache.frame(shown.tile, VIEWER) is first
