"""What a dashboard's header, its title and a screen reader say of its tiles."""

import pytest

from dashboard.tiles.concern import Concern, concern_of
from dashboard.tiles.overview import Noted, Told, noted, summary, title_of, told
from dashboard.tiles.status import TileStatus
from dashboard.widgets.crossings import Crossing
from tests.support.drawn import Page

SILENT = TileStatus("stale", "silent", None, "", None)
FAILED = TileStatus("failing", "restarting", None, "no route", None)
HOT = Crossing("alert", "temperature", "31 °C", "≥ 30")
WARM = Crossing("warn", "", "27 °C", "> 26")


@pytest.mark.parametrize(
    ("crossing", "trouble", "concern"),
    [
        (None, None, None),
        (HOT, None, Concern("alert", "temperature 31 °C, limit ≥ 30")),
        (WARM, None, Concern("warn", "27 °C, limit > 26")),
        (WARM, SILENT, Concern("warn", "27 °C, limit > 26; silent")),
        (None, SILENT, Concern("stale", "silent")),
        (None, FAILED, Concern("failing", "restarting")),
    ],
)
def test_the_worst_of_a_tile_counts_and_all_of_it_is_said(
    crossing: Crossing | None, trouble: TileStatus | None, concern: Concern | None
) -> None:
    assert concern_of(crossing, trouble) == concern


def test_nothing_is_said_while_nothing_is_wrong() -> None:
    assert (summary(()), title_of("Hall", ())) == ("", "Hall")


def test_the_worst_is_first_and_each_leads_to_its_tile() -> None:
    wrong = (
        Noted("oven", "Oven", "stale"),
        Noted("press", "Press <1>", "warn"),
        Noted("saw.2", "Saw", "alert"),
        Noted("drill", "Drill", "warn"),
    )

    page = Page(summary(wrong))

    assert page.text == "1 alertSaw2 warningsPress <1>, Drill1 silentOven"
    assert [item["class"] for item in page.all("li")] == ["is-alert", "is-warn", "is-stale"]
    assert [link["href"] for link in page.all("a")] == [
        *("#tile-saw.2", "#tile-saw.2"),
        *("#tile-press", "#tile-press", "#tile-drill"),
        *("#tile-oven", "#tile-oven"),
    ]
    ids = [link["id"] for link in page.all("a")]
    assert len(ids) == len(set(ids))
    assert (page.open, page.misnested) == ([], [])
    assert title_of("Hall", wrong) == "■ 4 · Hall"


def test_a_header_names_a_few_and_counts_the_others() -> None:
    alerts = [Noted(f"a{number}", f"A{number}", "alert") for number in range(5)]
    warnings = [Noted(f"w{number}", f"W{number}", "warn") for number in range(3)]
    silent = [Noted(f"s{number}", f"S{number}", "stale") for number in range(2)]

    page = Page(summary((*silent, *warnings, *alerts)))

    assert page.text == "5 alertsA0, A1, A2, A3, A43 warningsW0 +22 silentS0 +1"


def test_tiles_without_a_concern_are_not_noted() -> None:
    assert noted([], lambda tile: None) == ()


def test_what_is_told_ends_before_a_listener_does() -> None:
    news = [Told(f"Tile {number}", Concern("stale", "silent")) for number in range(7)]

    assert Page(told([Told("Press & Co", None)])).text == "Press & Co: well again"
    assert Page(told(news)).text.endswith("Tile 4: silentand 2 more")
    assert Page(told([Told("Press", Concern("alert", "31 °C"))])).text == "Press: alert, 31 °C"
    assert Page(told([Told("Press", Concern("warn", "27 °C"))])).text == "Press: warning, 27 °C"
