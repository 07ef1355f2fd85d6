"""An open page follows the wall: tiles and dashboards come and go, on the stream that it has."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


def streams(opened: Visit) -> int:
    return sum("/stream/" in url for url in opened.watched.requests)


def test_a_tile_appears_is_alive_and_goes_on_an_open_page(wall: Wall, visit: Open) -> None:
    opened = visit(wall)
    expect(opened.page.locator("#tile-readings")).to_be_visible()

    wall.manage("producer", "add", "kitchen", "producers.readings.ReadingsProducer")
    kitchen = opened.page.locator("#tile-kitchen")
    expect(kitchen).to_be_visible()
    wall.post("kitchen", {"value": 21.4, "unit": "°C"})
    expect(kitchen).to_contain_text("21.4")
    wall.post("readings", 7)
    expect(opened.page.locator("#tile-readings")).to_contain_text("7")

    wall.manage("dashboard", "add", "lab", "clock", "--title", "Lab")
    expect(opened.page.locator("#links")).to_contain_text("Lab")

    link = opened.page.locator("#follow")
    expect(link).to_have_count(1)
    layout = opened.page.locator("#layout").input_value()
    has = wall.request("GET", f"{link.get_attribute('hx-get')}&layout={layout}")
    assert has[0] == 204  # it knows the layout that it was given

    wall.manage("producer", "remove", "kitchen")
    expect(kitchen).to_have_count(0)
    wall.post("readings", 8)
    expect(opened.page.locator("#tile-readings")).to_contain_text("8")
    assert streams(opened) == 1
    assert opened.watched.complaints == []


def test_an_empty_wall_gets_its_first_tile_by_a_post_and_loses_it_by_a_click(
    make_wall: Callable[..., Wall], visit: Open
) -> None:
    wall = make_wall(PRODUCERS={})
    opened = visit(wall)
    expect(opened.page.locator("#tiles")).to_contain_text("An empty wall")

    assert wall.post("kitchen", 21.4)[0] == 201

    kitchen = opened.page.locator("#tile-kitchen")
    expect(kitchen).to_contain_text("21.4")
    wall.post("kitchen", 21.5)
    expect(kitchen).to_contain_text("21.5")

    opened.page.get_by_role("button", name="Remove kitchen").click()
    expect(kitchen).to_have_count(0)
    expect(opened.page.locator("#tiles")).to_contain_text("An empty wall")
    assert streams(opened) == 1
    assert opened.watched.complaints == []


def test_a_page_of_another_build_loads_itself_again_once(wall: Wall, visit: Open) -> None:
    opened = visit(wall)
    expect(opened.page.locator("#tile-readings")).to_be_visible()
    before = len(opened.watched.requests)
    # What a page says that an older build had drawn.
    opened.page.route(
        re.compile("/grid/"),
        lambda route: route.continue_(url=re.sub("build=[^&]*", "build=old", route.request.url)),
    )

    with opened.page.expect_navigation():
        wall.manage("producer", "add", "kitchen", "producers.readings.ReadingsProducer")

    expect(opened.page.locator("#tile-kitchen")).to_be_visible()
    loads = [url for url in opened.watched.requests[before:] if url == wall.url + "/"]
    assert len(loads) == 1
