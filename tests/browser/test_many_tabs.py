"""More tabs and frames than a browser has connections: each stays true. In a real Chromium."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.embedding import Parent
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

NOTES = {"BACKEND": "producers.notes.NotesProducer"}
LOOKS_WITHIN = 20_000
"""Milliseconds for what comes every few seconds, on a machine that is busy with eight pages."""


@pytest.fixture(scope="module")
def friend() -> Iterator[Parent]:
    with Parent() as parent:
        yield parent


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


def test_every_tab_shows_what_is_new_and_a_click_in_any_is_answered(
    make_wall: Callable[..., Wall], context: BrowserContext
) -> None:
    wall = make_wall(PRODUCERS={"notes": NOTES})
    pages = [context.new_page() for _ in range(7)]
    for page in pages:
        page.goto(wall.url)
        expect(page.locator("#tile-notes")).to_contain_text("curl")

    wall.post("notes", {"text": "to all seven"})
    for page in pages:
        expect(page.locator("#tile-notes")).to_contain_text("to all seven", timeout=LOOKS_WITHIN)
    quiet = [page.locator(".by-looks").is_visible() for page in pages]
    pages[6].locator("#link-notes").click()
    expect(pages[6].locator("h1")).to_have_text("notes")
    # Tabs that close leave their connections to those that wait for one.
    for page in pages[:3]:
        page.close()

    assert quiet == [False] * 4 + [True] * 3
    for page in pages[4:6]:
        live = page.locator(".live:not(.by-looks)")
        expect(live).to_be_visible(timeout=LOOKS_WITHIN)


def test_eight_frames_on_one_page_all_show_what_is_new(
    make_wall: Callable[..., Wall], context: BrowserContext, friend: Parent
) -> None:
    wall = make_wall(PRODUCERS={"notes": NOTES}, ACCESS="public", EMBED_ORIGINS=[friend.origin])
    friend.page = f'<iframe src="{wall.url}/embed/notes/"></iframe>' * 8
    page = context.new_page()
    page.goto(friend.origin)
    frames = [page.frame_locator("iframe").nth(number) for number in range(8)]
    for frame in frames:
        expect(frame.locator("#tile-notes")).to_contain_text("Waiting", timeout=LOOKS_WITHIN)

    wall.post("notes", {"text": "in all eight"})

    for frame in frames:
        expect(frame.locator("#tile-notes")).to_contain_text("in all eight", timeout=LOOKS_WITHIN)


def test_a_short_answer_is_whole(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(PRODUCERS={"notes": NOTES}, STREAM_MAX_PER_BROWSER=1)
    wall.post("notes", {"text": "a note"})
    browser = {"User-Agent": "Mozilla/5.0 (a browser)", "Accept": "text/event-stream"}

    with wall.events("/stream/", **browser) as first:
        first.until(1, "notes")
        status, headers, body = wall.request("GET", "/stream/", headers=browser)
        over_http_2 = {"Via": "2.0 a-proxy"}
        with wall.events("/stream/", **browser, **over_http_2) as third:
            third.until(2, "hb", within=20)

    assert status == 200
    assert headers["content-type"] == "text/event-stream"
    assert body.count(b"event: notes\n") == 1
    assert b"a note" in body
    assert b"by-looks" in body
    retries = [int(line[7:]) for line in body.split(b"\n") if line.startswith(b"retry: ")]
    assert 3000 <= retries[-1] <= 5000
