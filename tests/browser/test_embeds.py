"""Tiles in pages of other origins, in a real Chromium: shown where they may be, not elsewhere."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.support.embedding import Parent, make_embed, revoke
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

CLOCK = {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 1}}
SETTINGS = {
    "PRODUCERS": {"clock": CLOCK, "notes": {"BACKEND": "producers.notes.NotesProducer"}},
    "ACCESS": "login",
    "STREAM_HEARTBEAT": 1.0,
}
USERS = """
from django.contrib.auth.models import User
User.objects.create_user("anna")
"""


@pytest.fixture(scope="module")
def closed(share_wall: Callable[..., Wall]) -> Wall:
    wall = share_wall(**SETTINGS)
    wall.manage("shell", "--no-imports", "-c", USERS)
    return wall


@pytest.fixture(scope="module")
def friend() -> Iterator[Parent]:
    with Parent() as parent:
        yield parent


@pytest.fixture
def stranger() -> Iterator[Parent]:
    with Parent() as parent:
        yield parent


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


def opened(context: BrowserContext, parent: Parent) -> tuple[Page, list[str]]:
    """Open the parent's page; return it, and the URLs that are asked for as time goes on."""
    page = context.new_page()
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(parent.origin)
    return page, urls


def framed(page: Page) -> Frame:
    frame = page.frames[1]
    frame.wait_for_load_state()
    return frame


def ticks(page: Page | Frame, selector: str) -> bool:
    place = page.locator(selector)
    expect(place).to_contain_text("changed")
    before = place.inner_text()
    expect(place).not_to_have_text(before, use_inner_text=True)
    return True


def test_a_page_that_may_embed_shows_a_ticking_tile(
    closed: Wall, friend: Parent, context: BrowserContext
) -> None:
    friend.page = make_embed(closed, "clock", origins=(friend.origin,), by="anna").iframe
    page, urls = opened(context, friend)

    assert ticks(framed(page), "#tile-clock")

    assert sum("/stream/" in url for url in urls) == 1
    assert context.cookies() == []


def test_a_page_that_may_not_embed_shows_nothing_and_opens_no_stream(
    closed: Wall, friend: Parent, stranger: Parent, context: BrowserContext
) -> None:
    embed = make_embed(closed, "clock", origins=(friend.origin,), by="anna")
    stranger.page = embed.iframe + embed.htmx + SCRIPTS.format(closed.url)
    said: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto(stranger.origin)

    page.wait_for_event("console", lambda message: "CORS" in message.text)

    assert any("frame-ancestors" in text for text in said)
    assert "Asia/Tokyo" not in page.inner_text("body")
    assert page.locator("article.tile").inner_html() == ""
    assert page.frames[1].url.startswith("chrome-error:")


@pytest.mark.parametrize("path", ["/", "/login/", "/producers/clock/", "/embed/clock/?t=x"])
def test_other_pages_can_be_framed_by_nobody(
    share_wall: Callable[..., Wall], friend: Parent, context: BrowserContext, path: str
) -> None:
    wall = share_wall(**SETTINGS | {"ACCESS": "public", "EMBED_ORIGINS": [friend.origin]})
    friend.page = f'<iframe src="{wall.url}{path}"></iframe>'

    page, _ = opened(context, friend)

    page.wait_for_function("frames.length == 1")
    assert framed(page).url.startswith("chrome-error:")


def test_without_tickets_the_origins_of_the_setting_may_embed(
    share_wall: Callable[..., Wall], friend: Parent, context: BrowserContext
) -> None:
    wall = share_wall(**SETTINGS | {"ACCESS": "public", "EMBED_ORIGINS": [friend.origin]})
    friend.page = f'<iframe src="{wall.url}/embed/clock+notes/"></iframe>'

    page, urls = opened(context, friend)

    assert ticks(framed(page), "#tile-clock")
    assert "Bearer" not in framed(page).content()
    assert sum("/stream/" in url for url in urls) == 1


def test_it_ticks_with_the_cookies_of_other_sites_blocked(
    closed: Wall, friend: Parent, browser: Browser
) -> None:
    # Sites differ by host name, not by port: localhost is another one than 127.0.0.1.
    theirs = f"http://localhost:{friend.port}"
    friend.page = make_embed(closed, "clock", origins=(theirs,), by="anna").iframe
    args = [*CHROMIUM_ARGS, "--test-third-party-cookie-phaseout"]
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=args)
    page = chromium.new_page()
    page.goto(theirs)

    assert ticks(framed(page), "#tile-clock")
    # So it is: what a script there sets is gone.
    stored = framed(page).evaluate("document.cookie = 'a=b'; document.cookie")
    assert stored == ""
    chromium.close()


def test_a_revoked_embed_says_that_it_ended_within_five_seconds(
    closed: Wall, friend: Parent, context: BrowserContext
) -> None:
    embed = make_embed(closed, "clock", origins=(friend.origin,), by="anna")
    friend.page = embed.iframe
    page, urls = opened(context, friend)
    frame = framed(page)
    assert ticks(frame, "#tile-clock")

    revoke(closed, embed)

    expect(frame.locator(".bye")).to_contain_text("no longer shown here")
    streams = sum("/stream/" in url for url in urls)
    page.reload()
    expect(page.locator("iframe")).to_be_attached()
    assert framed(page).url.startswith("chrome-error:")
    assert sum("/stream/" in url for url in urls) == streams


SCRIPTS = (
    '<script src="{0}/static/django_htmx/htmx-2.min.js" defer></script>'
    '<script src="{0}/static/django_htmx/ext/hx-sse-2.min.js" defer></script>'
)


def test_a_page_that_runs_htmx_shows_it_without_a_frame(
    closed: Wall, friend: Parent, context: BrowserContext
) -> None:
    embed = make_embed(closed, "clock", "notes", origins=(friend.origin,), by="anna")
    friend.page = f"{SCRIPTS.format(closed.url)}<h1>Theirs</h1>{embed.htmx}"
    page, urls = opened(context, friend)

    assert ticks(page, "[sse-swap=clock]")
    assert page.locator(".eventwall a").count() == 0
    # Its style is for the tiles alone.
    assert page.locator("[sse-swap=clock]").bounding_box()["height"] == 288  # type: ignore[index]
    margin = page.locator("h1").evaluate("heading => getComputedStyle(heading).marginTop")
    assert margin != "0px"
    assert sum("/stream/" in url for url in urls) == 1

    revoke(closed, embed)

    expect(page.locator(".bye")).to_contain_text("no longer shown here")


def test_a_lost_connection_is_told(closed: Wall, friend: Parent, context: BrowserContext) -> None:
    friend.page = make_embed(closed, "clock", origins=(friend.origin,), by="anna").iframe
    page, _ = opened(context, friend)
    frame = framed(page)
    assert ticks(frame, "#tile-clock")

    closed.kill()

    expect(frame.locator(".lost strong")).to_be_visible(timeout=60_000)
    closed.start()
    expect(frame.locator(".lost strong")).to_be_hidden()
    assert ticks(frame, "#tile-clock")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_still_shows_as_a_picture_in_the_readers_colours(
    closed: Wall, friend: Parent, browser: Browser, scheme: str
) -> None:
    embed = make_embed(closed, "clock", by="anna")
    url = embed.markdown.partition("](")[2].rstrip(")")
    friend.page = f'<meta name="color-scheme" content="light dark"><img src="{url}">'
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
        page, _ = opened(context, friend)

        size = page.evaluate("(i => [i.naturalWidth, i.naturalHeight])(document.images[0])")
        corner = page.locator("img").screenshot()
        document = context.new_page()
        complaints: list[str] = []
        document.on("console", lambda message: complaints.append(message.text))
        document.goto(url)

    assert size == [480, 300]
    assert complaints == []
    assert brightness(corner) == scheme


def brightness(png: bytes) -> str:
    """Return of which scheme the card in a screenshot is."""

    red, green, blue = Image.open(BytesIO(png)).convert("RGB").getpixel((240, 20))  # type: ignore[misc]
    return "light" if red + green + blue > 384 else "dark"
