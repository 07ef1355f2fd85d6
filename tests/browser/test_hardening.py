"""Payloads in every field of every widget: inert text. A canary listens, and so does a CSP sink."""

import html
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, expect

from dashboard.widgets.registry import WIDGETS
from tests.support.canary import Canary
from tests.support.hostile import ALIASES, FED, furnish, payloads, send, titles_of, wall_settings
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

SHAPES: Final = """async (path) => {
    let page = document;
    if (path) {
        const answer = await fetch(path);
        const kind = answer.headers.get("Content-Type").split(";")[0];
        page = new DOMParser().parseFromString(await answer.text(), kind);
    }
    return [...page.querySelectorAll("*")].map(
        (e) => [e.localName, ...e.getAttributeNames().sort()].join(" "));
}"""
"""Each element with the names of its attributes: what a page is made of, without its texts. Of
the page that is open, or of another path as the browser would read it."""

NAMES: Final = list(payloads("http://x"))
TAME: Final = ("*tame*", "//example.org", "http://example.org")
"""What Markdown makes more of than text, though it is harmless."""


@dataclass
class Hostile:
    """A wall whose titles are payloads too."""

    wall: Wall
    titles: dict[str, str]
    tame: dict[str, set[str]] = field(default_factory=dict)
    """Path → the elements of that page, with the names of their attributes, while all was well."""


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    with Canary() as canary:
        yield canary


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, canary: Canary) -> Iterator[Hostile]:
    directory = tmp_path_factory.mktemp("hostile")
    furnish(directory, canary.url)
    titles = titles_of(canary.url)
    wall = Wall(directory / "wall", wall_settings(directory, titles))
    try:
        wall.start()
        yield Hostile(wall, titles)
    finally:
        wall.stop()


STILLS: Final = tuple(f"/embed/{alias}.svg" for alias in ALIASES)
OPENED: Final = (f"/embed/{'+'.join(ALIASES)}/", "/producers/template/")
READ: Final = (
    "/d/second/",
    *(f"/producers/{alias}/" for alias in ALIASES),
    f"/share/?tiles={','.join(ALIASES)}",
)
"""Together with the first dashboard, these pages show whatever producers said, and all titles."""


@dataclass
class Watched:
    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Return a page, and whatever it complains of: dialogs, console errors, other origins."""
    with browser.new_context() as context:
        watched = Watched(context.new_page())

        def asked(dialog: Dialog) -> None:
            watched.complaints.append(f"dialog: {dialog.message}")
            dialog.accept()

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                watched.complaints.append(f"{message.type}: {message.text}")

        watched.page.on("dialog", asked)
        watched.page.on("console", said)
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        yield watched


def shapes(page: Page, path: str = "") -> set[str]:
    return set(page.evaluate(SHAPES, path))


def still_shapes(wall: Wall, path: str) -> set[str]:
    """Return what `shapes` does for a page, of a still picture."""
    still = ElementTree.fromstring(wall.request("GET", path)[2])
    return {" ".join([one.tag, *sorted(one.keys())]) for one in still.iter()}


def settle(hostile: Hostile, page: Page, mark: str) -> None:
    """Wait until the stream of `/` has brought all that was posted before."""
    hostile.wall.post("feed", {"text": mark})
    expect(page.locator("#tile-feed li p").first).to_have_text(mark)
    # A chart knows what was before it a moment after the wall has started.
    expect(page.locator("#tile-chart polyline").first).to_be_attached()


def note_shapes(hostile: Hostile, page: Page) -> None:
    """Add what each page is made of now to what may be there."""
    page.goto(hostile.wall.url + "/")
    settle(hostile, page, "tame")
    found = {"/": shapes(page)}
    found |= {path: shapes(page, path) for path in READ}
    found |= {path: still_shapes(hostile.wall, path) for path in STILLS}
    for path in OPENED:
        page.goto(hostile.wall.url + path)
        found[path] = found.get(path, set()) | shapes(page)
    for path, more in found.items():
        hostile.tame.setdefault(path, set()).update(more)


@pytest.fixture
def tame(hostile: Hostile, watched: Watched) -> dict[str, set[str]]:
    """Return the elements of each page after harmless texts: what there may be ever after."""
    if not hostile.tame:
        # Of as many subjects as there will be.
        for number in range(len(NAMES)):
            send(hostile.wall, f"harmless {number}")
        for text in TAME:
            send(hostile.wall, text)
            note_shapes(hostile, watched.page)
    return hostile.tame


@pytest.fixture(scope="module")
def plain(hostile: Hostile) -> Iterator[Wall]:
    """Return the same wall as in production, whose refusals are all our own."""
    directory = hostile.wall.directory.parent
    wall = Wall(directory / "plain", wall_settings(directory, hostile.titles), debug=False)
    try:
        wall.start()
        yield wall
    finally:
        wall.stop()


def test_every_widget_is_tried() -> None:
    assert set(FED) == set(WIDGETS)


@pytest.mark.parametrize("name", NAMES)
def test_a_payload_is_inert_text(
    name: str,
    hostile: Hostile,
    canary: Canary,
    watched: Watched,
    tame: dict[str, set[str]],
) -> None:
    text, page, url = payloads(canary.url)[name], watched.page, hostile.wall.url
    page.goto(url + "/")

    send(hostile.wall, text)
    settle(hostile, page, f"after {name}")

    # The stream brought it; each page is then drawn anew.
    assert shapes(page) - tame["/"] == set()
    assert text in page.locator("#tile-feed").inner_text()
    assert text in (page.locator("#tile-template .own").get_attribute("title") or "")
    for path in READ:
        assert shapes(page, path) - tame[path] == set(), path
    for path in STILLS:
        assert still_shapes(hostile.wall, path) - tame[path] == set(), path
    # To be run, were it a script: each still with one of the payloads.
    for path in STILLS[NAMES.index(name) :: len(NAMES)]:
        page.goto(url + path)
    for path in OPENED:
        page.goto(url + path)
        assert shapes(page) - tame[path] == set(), path
    kind, subject = page.locator("tbody tr").first.locator("td").all_inner_texts()[2:4]
    assert (kind[:30], subject[:30]) == (text[:30], text[:30])
    assert watched.complaints == []
    assert canary.asked == []
    assert canary.reports == []


@pytest.mark.parametrize(
    "path",
    ["/d/{}/", "/producers/{}/", "/embed/{}/", "/embed/{}.svg", "/login/?next={}", "/{}", "/?{}",
     "/share/?tiles={}", "/share/?like={}", "/embeds/?page={}", "/embeds/{}/", "/oembed?url={}",
     "/embed/feed/?theme={}", "/stream/?tiles={}", "/events/?producer={}", "/events/?since={}",
     "/ingest/{}", "/pictures/{}/{}"],
)  # fmt: skip
def test_a_payload_in_the_address_is_inert(
    path: str, hostile: Hostile, plain: Wall, canary: Canary, watched: Watched
) -> None:
    for name, text in payloads(canary.url).items():
        for wall in (hostile.wall, plain):
            asked = path.replace("{}", quote(text, safe=""))
            status, fields, body = wall.request("GET", asked)
            kind = fields.get("content-type", "").partition(";")[0]

            assert status < 500, name
            if kind in ("text/html", "image/svg+xml"):
                assert "<" not in text or text not in body.decode(), name
            else:
                assert kind in ("", "application/problem+json", "application/json"), (name, kind)

    # Without a slash, so that it does not end what stands before it.
    asked = path.replace("{}", quote("<img src=x onerror=alert(1)>"))
    watched.page.goto(plain.url + asked)
    assert watched.page.locator("[onerror]").count() == 0
    assert [said for said in watched.complaints if "Failed to load resource" not in said] == []
    assert (canary.asked, canary.reports) == ([], [])


def test_titles_that_are_payloads_are_text(hostile: Hostile, watched: Watched) -> None:
    page, titles = watched.page, hostile.titles

    page.goto(hostile.wall.url + "/")

    shown = {alias: page.locator(f"#title-{alias} bdi").inner_text() for alias in ALIASES}
    assert shown == titles
    assert page.title() == titles["feed"]
    assert page.locator("h1").inner_text() == titles["feed"]
    assert page.locator("nav a").last.inner_text() == titles["clock"]
    assert page.locator("script").count() == 2
    assert page.locator("main img, main iframe, main style, main script").count() == 0
    assert page.locator("#share [hx-get], .tile [hx-get], .tile [sse-connect]").count() == 0
    assert watched.complaints == []


def test_the_canary_and_the_sink_would_have_heard(
    hostile: Hostile, canary: Canary, watched: Watched
) -> None:
    """And what came to the sink before is there by now: nothing did."""
    page = watched.page
    page.goto(hostile.wall.url + "/")
    before = len(canary.reports)

    page.evaluate("url => { new Image().src = url; }", f"{canary.url}/own")
    page.evaluate("url => { document.body.setAttribute('onclick', 'x()'); }", "")
    deadline = time.monotonic() + 10
    while len(canary.reports) < before + 2 and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    connection = http.client.HTTPConnection(canary.url.removeprefix("http://"))
    connection.request("GET", "/alive")
    connection.getresponse().read()
    connection.close()

    blocked = [json.loads(report)["csp-report"]["violated-directive"] for report in canary.reports]
    assert before == 0
    assert sorted(blocked) == ["img-src", "script-src-attr"]
    assert canary.asked.pop() == "/alive"
    assert canary.asked == []
    assert len(watched.complaints) == 2
    canary.reports.clear()


def test_payloads_are_what_they_are_called() -> None:
    """None is text in the eyes of a browser by itself: each would make elements or run."""
    texts = payloads("http://127.0.0.1:1")

    assert [name for name, text in texts.items() if html.escape(text) == text] == []
