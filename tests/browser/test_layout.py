"""A wall on its screen: a wide one is filled and does not scroll, a narrow one scrolls one way."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]

READINGS = {"BACKEND": "producers.readings.ReadingsProducer"}
ALIASES = [f"n{number}" for number in range(24)]


def tiles(count: int) -> list[dict[str, Any]]:
    """Return the rows of so many tiles: a camera, then numbers."""
    camera = {"producer": "camera", "size": "2x2"}
    return [camera, *({"producer": alias, "widget": "number"} for alias in ALIASES)][:count]


@pytest.fixture
def plant(share_wall: Callable[..., Wall]) -> Wall:
    camera = {"BACKEND": "producers.detections.DetectionProducer"}
    wall = share_wall(
        PRODUCERS={"camera": camera} | dict.fromkeys(ALIASES, READINGS),
        DASHBOARDS={
            f"w{count}": {"title": f"The wall of {count}", "tiles": tiles(count)}
            for count in (1, 5, 7, 24)
        },
    )
    for number, alias in enumerate(ALIASES):
        wall.post(alias, {"value": number, "unit": "°C"})
        wall.post(alias, {"value": number * 1.5, "unit": "°C"})
    return wall


def covered(page: Page) -> float:
    """Return how much of the wall, without its gaps, the tiles take: 1 is all of it, once."""
    share: float = page.evaluate(
        """() => {
            const wall = document.querySelector(".wall").getBoundingClientRect()
            const gap = parseFloat(getComputedStyle(document.querySelector(".wall")).columnGap)
            let area = 0
            for (const tile of document.querySelectorAll(".tile")) {
                const box = tile.getBoundingClientRect()
                area += (box.width + gap) * (box.height + gap)
            }
            return area / ((wall.width - gap) * wall.height)
        }"""
    )
    return share


@pytest.mark.parametrize(("width", "height"), [(1200, 800), (1440, 900), (3840, 2160)])
def test_a_wide_screen_is_filled_and_does_not_scroll(
    plant: Wall, visit: Open, width: int, height: int
) -> None:
    page = visit(plant, "/d/w1/", viewport={"width": width, "height": height}).page

    for count in (1, 5, 7, 24):
        page.goto(f"{plant.url}/d/w{count}/")
        expect(page.locator(".tile")).to_have_count(count)

        assert page.evaluate("document.documentElement.scrollHeight") == height
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert covered(page) == pytest.approx(1, abs=0.01)


def test_numbers_in_a_row_have_one_size_and_titles_one_everywhere(plant: Wall, visit: Open) -> None:
    page = visit(plant, "/d/w24/", viewport={"width": 1920, "height": 1080}).page
    expect(page.locator(".number .big").first).to_be_visible()

    sizes = """what => [...new Set(Array.from(
        document.querySelectorAll(what), it => getComputedStyle(it).fontSize))]"""

    assert len(page.evaluate(sizes, ".number .big")) == 1
    assert len(page.evaluate(sizes, ".tile h2")) == 1


def test_a_narrow_screen_scrolls_one_way_and_folds_its_links(plant: Wall, visit: Open) -> None:
    page = visit(plant, "/d/w7/", viewport={"width": 390, "height": 844}).page
    expect(page.locator(".tile")).to_have_count(7)

    links = page.locator("#dashboards")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(links).not_to_be_visible()
    page.get_by_role("button", name="Dashboards").click()
    links.get_by_role("link", name="The wall of 24").click()

    expect(page.locator(".tile")).to_have_count(24)


def test_a_tile_is_all_that_is_a_container(plant: Wall, visit: Open) -> None:
    """A container in another one has the browser style both again and again."""
    page = visit(plant, "/d/w7/", viewport={"width": 1440, "height": 900}).page
    expect(page.locator(".tile")).to_have_count(7)

    within = """() => Array.from(document.querySelectorAll(".tile *"),
        it => getComputedStyle(it).containerType).filter(type => type !== "normal").length"""

    assert page.evaluate(within) == 0
    assert page.locator(".tile").first.evaluate("it => getComputedStyle(it).contain") == "strict"
