"""What a person sees on the wall, in a real Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


def test_the_clock_ticks_and_nothing_is_complained_of(
    make_wall: Callable[..., Wall], visit: Open
) -> None:
    clock = {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 1}}
    wall = make_wall(PRODUCERS={"clock": clock})
    opened = visit(wall)
    tile = opened.page.locator("#tile-clock")

    seen = {tile.inner_text()}
    for _ in range(3):
        expect(tile).not_to_have_text(tile.inner_text(), use_inner_text=True)
        seen.add(tile.inner_text())

    assert len(seen) >= 3
    assert opened.watched.complaints == []
    assert {path.rsplit("/", 1)[-1] for path in opened.watched.scripts} == {
        "hx-sse-2.min.js",
        "htmx-2.min.js",
    }


def test_one_page_holds_one_stream(shared_wall: Wall, visit: Open) -> None:
    opened = visit(shared_wall)
    for value in range(5):
        shared_wall.post("readings", value)
    expect(opened.page.locator("#tile-readings")).to_contain_text("4")

    assert sum("/stream/" in url for url in opened.watched.requests) == 1


def test_a_post_changes_the_open_page(wall: Wall, visit: Open) -> None:
    opened = visit(wall)
    expect(opened.page.locator("#tile-readings")).to_contain_text("curl")

    wall.post("readings", {"value": 21.4, "unit": "°C"})

    expect(opened.page.locator("#tile-readings")).to_contain_text("21.4")
    expect(opened.page.locator("#tile-readings")).to_contain_text("°C")
    assert opened.watched.complaints == []


def test_the_empty_tiles_own_curl_fills_it(wall: Wall, visit: Open) -> None:
    """The command that the page shows is run as it stands."""
    import subprocess

    opened = visit(wall)
    tile = opened.page.locator("#tile-notes")
    command = tile.locator("code").first.inner_text()

    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20)

    assert '"ids"' in done.stdout, done
    expect(tile.locator("code")).to_have_count(0)
    expect(tile).to_contain_text("door open")


def test_what_was_posted_while_the_page_was_away_is_there_on_return(
    shared_wall: Wall, visit: Open
) -> None:
    opened = visit(shared_wall)
    opened.page.goto("about:blank")
    shared_wall.post("notes", {"text": "while you were away"})

    opened.page.go_back()

    expect(opened.page.locator("#tile-notes")).to_contain_text("while you were away")


def test_a_silent_producer_is_visibly_stale(make_wall: Callable[..., Wall], visit: Open) -> None:
    readings = {
        "BACKEND": "producers.readings.ReadingsProducer",
        "OPTIONS": {"expect_every": 5},
    }
    wall = make_wall(PRODUCERS={"readings": readings})
    opened = visit(wall)
    tile = opened.page.locator("#tile-readings")
    wall.post("readings", 21.4)
    expect(tile).to_contain_text("21.4")

    expect(tile).to_contain_text("silent", ignore_case=True)
    wall.post("readings", 22.5)

    expect(tile).to_contain_text("22.5")
    expect(tile).not_to_contain_text("silent", ignore_case=True)


@pytest.mark.faults
def test_a_killed_server_is_told_within_25_seconds_and_a_restart_heals_without_reload(
    wall: Wall, visit: Open
) -> None:
    opened = visit(wall)
    for value in (1, 2, 3):
        wall.post("readings", value)
    tile = opened.page.locator("#tile-readings")
    expect(tile).to_contain_text("3")
    lost = opened.page.get_by_text("connection lost")
    expect(lost).not_to_be_visible()

    # So soon by the style sheet; when a busy machine draws it is another matter.
    box = opened.page.locator(".lost")
    assert box.evaluate("box => parseFloat(getComputedStyle(box).animationDelay)") <= 25

    wall.kill()
    expect(lost).to_be_visible(timeout=60_000)
    wall.start()
    expect(lost).not_to_be_visible()
    wall.post("readings", 4)

    expect(tile).to_contain_text("4")
    assert opened.page.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_chromium_shows_a_compressed_stream(shared_wall: Wall, visit: Open) -> None:
    opened = visit(shared_wall)
    encodings = opened.page.evaluate(
        "fetch('/stream/').then(r => r.headers.get('content-encoding'))"
    )
    for value in (1, 2, 3):
        shared_wall.post("readings", {"value": value, "unit": f"u{value}"})
        expect(opened.page.locator("#tile-readings")).to_contain_text(f"u{value}")

    assert encodings == "gzip"
    assert opened.watched.complaints == []


HOSTILE = [
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<div hx-get='/healthz' hx-trigger='load' sse-connect='/events/'>x</div>",
    "</article></main><h1>out</h1>",
    "\u202egnp.exe\u2066",
    "a\rb\r\ndata: forged\nevent: bye",
    "W" * 2000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_inert(shared_wall: Wall, visit: Open, text: str) -> None:
    opened = visit(shared_wall, viewport={"width": 390, "height": 844})
    before, mark = len(opened.watched.requests), f"after payload {HOSTILE.index(text)}"

    status, _ = shared_wall.post("notes", {"text": text})
    shared_wall.post("notes", {"text": mark})
    expect(opened.page.locator("#tile-notes")).to_contain_text(mark)

    assert status == 201
    assert opened.page.title() != "owned"
    assert opened.watched.complaints == []
    assert len(opened.watched.requests) <= before + 2
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_wall_weighs_at_most_60_kilobytes(wall: Wall, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    received: list[int] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda done: received.append(done["encodedDataLength"]))

    page.goto(wall.url)
    expect(page.locator("#tile-clock")).to_contain_text(":")
    context.close()

    assert len(received) >= 4
    assert sum(received) <= 60 * 1024
