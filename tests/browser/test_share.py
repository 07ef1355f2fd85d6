"""Sharing from the wall in a real Chromium: by keyboard, by mouse, by touch; and the end of it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


PRODUCERS = {
    "clock": {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 1}},
    "notes": {"BACKEND": "producers.notes.NotesProducer"},
}


@pytest.fixture(scope="module")
def wall(share_wall: Callable[..., Wall]) -> Wall:
    """Return a wall that ticks each second."""
    return share_wall(PRODUCERS=PRODUCERS)


def button(page: Page, tile: str = "clock") -> Locator:
    return page.get_by_role("button", name=f"Share {tile}")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, as a person would."""
    for _ in range(30):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with the Tab key")


def ticks(face: Locator) -> None:
    for _ in range(2):
        expect(face).not_to_have_text(face.inner_text(), use_inner_text=True)


def test_a_tile_is_shared_by_keyboard(wall: Wall, visit: Open) -> None:
    opened = visit(wall)
    page = opened.page
    panel = page.get_by_role("dialog")

    button(page).focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Share clock")).to_be_focused()
    tab_to(page, panel.get_by_label("Pages that may frame it"))
    page.keyboard.type("https://wiki.example")
    tab_to(page, panel.get_by_role("button", name="Make the embed"))
    page.keyboard.press("Enter")

    preview = panel.locator("iframe")
    ticks(preview.content_frame.locator("#tile-clock"))
    link = panel.get_by_label("To open it alone").input_value()
    assert link == preview.get_attribute("src")
    assert link.startswith(f"{wall.url}/embed/clock/?t=")
    assert link in panel.get_by_label("For a page of HTML").input_value()
    expect(panel).to_contain_text("May be framed by https://wiki.example.")

    # Afterwards the frame's stream is cut, which htmx in it calls an error.
    assert opened.watched.complaints == []

    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button(page)).to_be_focused()
    alone = visit(wall, link.removeprefix(wall.url))
    ticks(alone.page.locator("#tile-clock"))
    expect(page.locator("iframe")).to_have_count(0)
    assert alone.watched.complaints == []


def test_a_fault_is_said_in_the_panel_and_can_be_mended(wall: Wall, visit: Open) -> None:
    opened = visit(wall)
    panel = opened.page.get_by_role("dialog")
    opened.page.locator("#tile-clock").hover()
    button(opened.page).click()
    origins = panel.get_by_label("Pages that may frame it")
    origins.fill("https://wiki.example/page")
    panel.get_by_label("transparent").check()
    panel.get_by_role("button", name="Make the embed").click()

    expect(panel.get_by_role("alert")).to_contain_text("legal is scheme and host")
    expect(origins).to_be_focused()
    expect(panel.get_by_label("transparent")).to_be_checked()
    origins.fill("https://wiki.example")
    panel.get_by_role("button", name="Make the embed").click()

    expect(panel.locator("iframe.transparent")).to_be_visible()
    assert opened.watched.complaints == []


def test_an_ended_embed_says_so_where_it_is_shown(
    make_wall: Callable[..., Wall], visit: Open
) -> None:
    wall = make_wall(PRODUCERS=PRODUCERS)
    opened = visit(wall, "/share/?tiles=clock")
    page = opened.page
    page.get_by_role("button", name="Make the embed").click()
    preview = page.locator("iframe").content_frame
    ticks(preview.locator("#tile-clock"))
    other = page.context.new_page()
    other.goto(f"{wall.url}/embeds/")

    other.get_by_role("link", name="End it…").click()
    other.get_by_role("button", name="End it now").click()

    expect(other.locator(".embeds")).to_contain_text("ended")
    expect(preview.locator(".bye")).to_contain_text("no longer shown here")
    assert opened.watched.complaints == []


def test_the_button_outlives_what_the_stream_replaces(wall: Wall, visit: Open) -> None:
    page = visit(wall).page
    button(page).focus()

    ticks(page.locator("#tile-clock"))

    expect(button(page)).to_be_focused()
    assert page.locator(".share-it").count() == 2


def test_the_panel_is_that_of_the_tile_last_chosen(wall: Wall, visit: Open) -> None:
    opened = visit(wall)
    page, panel = opened.page, opened.page.get_by_role("dialog")

    for tile in ("clock", "notes"):
        button(page, tile).focus()
        page.keyboard.press("Enter")
        expect(panel.get_by_role("heading", name=f"Share {tile}")).to_be_visible()
        panel.get_by_role("button", name="Close").click()
        expect(panel).to_be_hidden()

    assert opened.watched.complaints == []


def test_the_button_shows_itself_to_who_reaches_for_it(wall: Wall, visit: Open) -> None:
    opacity = "element => getComputedStyle(element).opacity"
    page = visit(wall).page
    touched = visit(wall, has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})

    page.mouse.move(0, 0)
    expect(button(page)).to_have_css("opacity", "0")
    page.locator("#tile-clock").hover()
    expect(button(page)).to_have_css("opacity", "1")
    expect(button(page, "notes")).to_have_css("opacity", "0")
    page.keyboard.press("Tab")
    tab_to(page, button(page, "notes"))
    expect(button(page, "notes")).to_have_css("opacity", "1")
    assert float(button(touched.page).evaluate(opacity)) > 0.5


@pytest.mark.parametrize("path", ["/", "/share/?tiles=clock", "/embeds/"])
def test_a_narrow_screen_needs_no_scrolling_sideways(path: str, wall: Wall, visit: Open) -> None:
    page = visit(wall, path, viewport={"width": 390, "height": 844}).page

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_locked_database_is_told_in_the_panel_and_the_button_goes_on(
    wall: Wall, visit: Open
) -> None:
    opened = visit(wall)
    page = opened.page
    panel = page.get_by_role("dialog")
    button(page).click()
    panel.get_by_label("Name in the list of embeds").fill("for the wiki")

    with closing(sqlite3.connect(wall.database, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        panel.get_by_role("button", name="Make the embed").click()
        expect(panel.get_by_role("heading", name="Back in a moment")).to_be_visible(timeout=20_000)
        other.execute("ROLLBACK")
    panel.get_by_role("button", name="Try again").click()

    expect(panel.get_by_label("To open it alone")).to_be_visible()
    expect(panel.get_by_role("heading", name="for the wiki")).to_be_visible()
    assert [text for text in opened.watched.complaints if "503" not in text] == []
