"""A connection that dies without a word: pages notice, and open another. In a real Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.embedding import Parent, make_embed
from tests.support.relay import Relay
from tests.support.wall import Wall

pytestmark = [pytest.mark.browser, pytest.mark.faults]

NOTES = {"BACKEND": "producers.notes.NotesProducer"}
BACK_WITHIN = 40_000
"""Milliseconds: a heartbeat that is missed, a request that times out, and another."""
URLS = '''
from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

PAGE = """<!doctype html>{% load eventwall %}{% eventwall_head %}<input>
{% eventwall_tile "notes" %}"""

def ours(request):
    # A page that answers htmx with less than the whole must not lose its tiles.
    source = "less" if request.headers.get("HX-Request") else PAGE
    return HttpResponse(Template(source).render(RequestContext(request)))

urlpatterns = [path("ours/", ours), path("", include("dashboard.urls"))]
'''
SCRIPTS = (
    '<script src="{0}/static/django_htmx/htmx-2.min.js" defer></script>'
    '<script src="{0}/static/django_htmx/ext/hx-sse-2.min.js" defer></script>'
)


@pytest.fixture
def quick(tmp_path: Path, make_wall: Callable[..., Wall]) -> Wall:
    (tmp_path / "our_urls.py").write_text(URLS)
    return make_wall(ROOT_URLCONF="our_urls", PRODUCERS={"notes": NOTES}, STREAM_HEARTBEAT=0.5)


@pytest.fixture
def relay(quick: Wall) -> Iterator[Relay]:
    with Relay(quick.port) as relay:
        yield relay


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


def test_pages_of_ours_load_again(quick: Wall, relay: Relay, browser: Browser) -> None:
    with browser.new_context() as context:
        tiles = []
        for path in ("/", "/producers/notes/", "/embed/notes/"):
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{relay.port}{path}")
            tiles.append(page.locator("#tile-notes"))
        quick.post("notes", {"text": "before"})
        for tile in tiles:
            expect(tile).to_contain_text("before")

        relay.fall_silent()
        quick.post("notes", {"text": "meanwhile"})
        for tile in tiles:
            expect(tile).to_contain_text("meanwhile", timeout=BACK_WITHIN)

        quick.post("notes", {"text": "after"})
        for tile in tiles:
            expect(tile).to_contain_text("after")


def test_a_healthy_page_never_asks(quick: Wall, page: Page) -> None:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(quick.url)
    page.evaluate("""new Promise(heard => {
        let beats = 0;
        const count = () => ++beats === 12 && heard();
        new MutationObserver(count).observe(document.querySelector(".pulse"), {childList: true});
    })""")

    assert not any("/revive/" in url for url in urls)


def test_tiles_in_a_page_of_the_project_come_back_and_leave_the_page_alone(
    quick: Wall, relay: Relay, page: Page
) -> None:
    page.goto(f"http://127.0.0.1:{relay.port}/ours/")
    page.locator("input").fill("half a sentence")
    quick.post("notes", {"text": "before"})
    expect(page.locator("[sse-swap=notes]")).to_contain_text("before")

    relay.fall_silent()
    quick.post("notes", {"text": "meanwhile"})
    expect(page.locator("[sse-swap=notes]")).to_contain_text("meanwhile", timeout=BACK_WITHIN)

    quick.post("notes", {"text": "after"})
    expect(page.locator("[sse-swap=notes]")).to_contain_text("after")
    expect(page.locator("input")).to_have_value("half a sentence")
    expect(page.locator("[sse-swap=notes]")).to_have_count(1)


def test_tiles_in_a_page_of_another_origin_come_back(quick: Wall, relay: Relay, page: Page) -> None:
    with Parent() as parent:
        embed = make_embed(quick, "notes", origins=(parent.origin,))
        through = embed.htmx.replace(f":{quick.port}", f":{relay.port}")
        parent.page = SCRIPTS.format(quick.url) + "<input>" + through
        page.goto(parent.origin)
        page.locator("input").fill("half a sentence")
        quick.post("notes", {"text": "before"})
        expect(page.locator("[sse-swap=notes]")).to_contain_text("before")

        relay.fall_silent()
        quick.post("notes", {"text": "meanwhile"})
        expect(page.locator("[sse-swap=notes]")).to_contain_text("meanwhile", timeout=BACK_WITHIN)

        expect(page.locator("input")).to_have_value("half a sentence")


def test_a_wall_that_can_open_no_stream_sends_nobody_to_and_fro(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall(PRODUCERS={"notes": NOTES}, STREAM_MAX_PER_CLIENT=1)
    asked = {"HX-Request": "true"}

    free = wall.request("GET", "/revive/", headers=asked)
    with wall.events("/events/") as stream:
        assert stream.read()
        full = wall.request("GET", "/revive/", headers=asked)

    assert (free[0], free[1]["hx-refresh"]) == (200, "true")
    assert (full[0], full[1].get("hx-refresh")) == (204, None)
