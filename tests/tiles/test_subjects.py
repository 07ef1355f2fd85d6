"""Tiles of subjects: what options say, what tiles are called, and which page has which."""

from typing import Any

import pytest
from django.core.checks import CheckMessage

from dashboard.tiles.checks import check_dashboards
from dashboard.tiles.config import Tile
from dashboard.tiles.site import Site, layout_of, make_site
from dashboard.tiles.subjects import Present, about, with_subjects
from producers.names import why_illegal

HOSTILE = [
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "a\nevent: bye\ndata: x",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
    "プレス機",
    "😀" * 200,
    "press",
    "Press",
    "PRESS",
    "x" * 255,
    "",
    " ",
    ".",
    "hb",
]


@pytest.fixture(autouse=True)
def producers(settings: Any) -> None:
    settings.PRODUCERS = {
        "machine": {"BACKEND": "producers.readings.ReadingsProducer"},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
    }


def site(settings: Any, *tiles: dict[str, Any]) -> Site:
    settings.DASHBOARDS = {"main": {"title": "Hall", "tiles": list(tiles)}}
    return make_site()


def each(**more: Any) -> dict[str, Any]:
    return {"producer": "machine", "options": {"each": "subject"}} | more


def titles(tiles: tuple[Tile, ...]) -> list[str]:
    return [tile.title for tile in tiles]


def test_a_tile_becomes_one_for_each_subject_in_its_place(settings: Any) -> None:
    plain = site(settings, {"producer": "notes"}, each(), {"producer": "notes", "title": "end"})

    shown = with_subjects(plain, {"machine": Present(("press-2", "press-10"))}, 50)

    tiles = shown.dashboards["main"].tiles
    assert titles(tiles) == ["notes", "press-2", "press-10", "end"]
    assert [tile.subject for tile in tiles] == [None, "press-2", "press-10", None]
    assert set(shown.tiles) >= {tile.id for tile in tiles}
    assert shown.layouts["main"] != plain.layouts["main"]
    assert with_subjects(plain, {"machine": Present(())}, 50) is plain


def test_more_than_there_may_be_are_counted_and_some_are_named(settings: Any) -> None:
    names = tuple(f"p{number}" for number in range(60))

    shown = with_subjects(site(settings, each()), {"machine": Present(names, True)}, 40)

    (more,) = shown.dashboards["main"].more
    assert len(shown.dashboards["main"].tiles) == 40
    assert (more.left, more.names[0], more.is_least) == (20, "p40", True)


@pytest.mark.parametrize(
    ("row", "waiting", "shown"),
    [
        ({}, "machine", "kitchen"),
        ({"title": "Heat"}, "Heat", "kitchen · Heat"),
        ({"title": "Heat in {subject}"}, "machine", "Heat in kitchen"),
    ],
)
def test_a_title_says_the_subject(
    settings: Any, row: dict[str, Any], waiting: str, shown: str
) -> None:
    plain = site(settings, each(**row))
    made = with_subjects(plain, {"machine": Present(("kitchen", ""))}, 50)

    assert titles(plain.dashboards["main"].tiles) == [waiting]
    assert titles(made.dashboards["main"].tiles) == [shown, waiting]


def test_a_tile_of_one_subject_is_called_by_it_unless_told_otherwise(settings: Any) -> None:
    options = {"subject": "kitchen"}
    plain = site(
        settings,
        {"producer": "machine", "options": options},
        {"producer": "machine", "options": options, "title": "Heat"},
        {"producer": "machine", "options": {"subject": "*"}},
    )

    tiles = plain.dashboards["main"].tiles
    assert titles(tiles) == ["kitchen", "Heat", "machine"]
    assert [tile.subject for tile in tiles] == ["kitchen", "kitchen", None]


def test_ids_are_legal_distinct_and_always_the_same(settings: Any) -> None:
    long = "m" * 64
    plain = site(settings, each(), each(id=long))

    made = with_subjects(plain, {name: Present(tuple(HOSTILE)) for name in ("machine", long)}, 50)

    ids = [tile.id for tile in made.dashboards["main"].tiles]
    assert [why_illegal(id_) for id_ in ids if why_illegal(id_)] == []
    assert len({id_.casefold() for id_ in ids}) == 2 * len(HOSTILE)
    assert plain.tiles["machine"].about("press-4").id == "machine.press-4.4mgvvshgy3ttg5xv"


def test_a_page_of_one_subject_shows_it_in_every_tile_that_is_not_fixed(settings: Any) -> None:
    plain = site(
        settings,
        {"producer": "machine", "title": "Heat"},
        each(),
        {"producer": "machine", "options": {"subject": "hall"}},
        {"producer": "notes", "options": {"subject": "*"}},
    )
    made = with_subjects(plain, {"machine-2": Present(("press-1", "press-4"))}, 50)

    walls = about(made.dashboards, "main", "press-4")

    assert walls["main"].title == "Hall · press-4"
    assert titles(walls["main"].tiles) == ["Heat", "press-4", "hall", "notes"]
    assert [tile.subject for tile in walls["main"].tiles] == ["press-4", "press-4", "hall", None]
    assert layout_of(walls, "main") != layout_of(made.dashboards, "main")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"each": "producer"}, "'options'['each'] is 'producer'"),
        ({"subject": ""}, "at least 1 character"),
        ({"subject": 7}, "'options'['subject'] is 7"),
        ({"subject": "x" * 256}, "at most 255 characters"),
        ({"each": "subject", "subject": "hall"}, "exclude each other"),
        ({"each": "subject", "forget": "soon"}, "from 1s to 30d"),
        ({"each": "subject", "forget": "31d"}, "from 1s to 30d"),
        ({"forget": "1h"}, "forget goes with each"),
    ],
)
def test_what_is_wrong_with_them_is_told(settings: Any, options: Any, told: str) -> None:
    settings.DASHBOARDS = {"main": {"tiles": [{"producer": "machine", "options": options}]}}

    found: list[CheckMessage] = check_dashboards(None)

    assert [message.id for message in found] == ["dashboard.E024"]
    assert told in found[0].msg
    assert found[0].hint == "options of every tile: subject, each, forget, refresh"
