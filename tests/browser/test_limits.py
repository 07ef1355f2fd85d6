"""A limit that is crossed: tile, header, title and live region say so, and take it back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]

READINGS = "producers.readings.ReadingsProducer"


LIMITS = {"warn": "> 26", "alert": ">= 30"}


def tile(alias: str) -> dict[str, object]:
    return {"producer": alias, "widget": "number", "options": LIMITS}


@pytest.fixture
def hall(share_wall: Callable[..., Wall]) -> Wall:
    watched = {"BACKEND": READINGS, "OPTIONS": {"expect_every": 0.5}}
    return share_wall(
        PRODUCERS={"press": {"BACKEND": READINGS}, "oven": watched, "cellar": watched},
        DASHBOARDS={
            "hall": {"title": "Hall", "tiles": [tile("press")]},
            "below": {"title": "Below", "tiles": [tile("oven"), tile("cellar")]},
        },
    )


def marks(page: Page, tile: str) -> list[str]:
    """Return the shape before a tile's heading, and how its edge is drawn."""
    read = """(it) => {
        const edge = getComputedStyle(it.querySelector(".face"), "::before")
        const shape = getComputedStyle(it.querySelector("h2"), "::before")
        return [shape.content, edge.borderTopStyle, String(parseFloat(edge.borderTopWidth) > 3)]
    }"""
    found: list[str] = page.locator(f"#tile-{tile}").evaluate(read)
    return found


def test_a_limit_is_crossed_and_all_is_well_again_on_an_open_page(hall: Wall, visit: Open) -> None:
    hall.post("press", {"value": 21, "unit": "°C"})
    opened = visit(hall)
    page = opened.page
    face = page.locator("#tile-press .face")
    summary, told = page.locator("#summary"), page.locator("[aria-live=polite]")
    expect(face).to_contain_text("21")
    assert (page.title(), summary.inner_text(), told.inner_text()) == ("Hall", "", "")

    hall.post("press", {"value": 31, "unit": "°C"})

    expect(told).to_have_text("press: alert, 31 °C, limit ≥ 30")
    expect(page).to_have_title("■ 1 · Hall")
    expect(summary).to_have_text("1 alertpress")
    assert marks(page, "press") == ['"■" / ""', "solid", "true"]

    hall.manage("producer", "add", "saw", READINGS)
    expect(page.locator("#tile-saw")).to_be_visible()
    hall.post("press", {"value": 27, "unit": "°C"})
    expect(page).to_have_title("▲ 1 · Hall")
    expect(summary).to_have_text("1 warningpress")
    assert marks(page, "press") == ['"▲" / ""', "dashed", "true"]
    summary.get_by_role("link", name="press").click()
    assert page.url.endswith("/#tile-press")

    page.reload()
    expect(page).to_have_title("▲ 1 · Hall")
    expect(summary).to_have_text("1 warningpress")
    assert told.inner_text() == ""

    hall.post("press", {"value": 21, "unit": "°C"})
    expect(told).to_have_text("press: well again")
    expect(page).to_have_title("Hall")
    expect(summary).to_have_text("")
    expect(face).to_have_class(re.compile(r"^face( fresh)?$"))
    assert opened.watched.complaints == []


def test_silence_is_told_and_takes_no_alert_away(hall: Wall, visit: Open) -> None:
    opened = visit(hall, "/d/below/", forced_colors="active")
    page = opened.page

    hall.post("cellar", 20)
    expect(page.locator("[aria-live=polite]")).to_have_text("cellar: silent")
    expect(page).to_have_title("▨ 1 · Below")

    hall.post("oven", 31)
    expect(page.locator("[aria-live=polite]")).to_have_text("oven: alert, 31, limit ≥ 30")
    expect(page.locator("#tile-oven .face")).to_have_class(re.compile(" at-alert stale$"))
    expect(page.locator("#summary")).to_have_text("1 alertoven1 silentcellar")
    assert marks(page, "oven") == ['"■" / ""', "solid", "true"]
    assert opened.watched.complaints == []
