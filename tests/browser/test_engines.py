"""What every engine must show: Chromium's, Firefox's and WebKit's, which is Safari's."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.support import firefox, webkit
from tests.support.engine import Chromium, Engine
from tests.support.firefox import Firefox
from tests.support.wall import Wall
from tests.support.webkit import WebKit

pytestmark = pytest.mark.browser

ENGINES = ["chromium", "firefox", "webkit"]
PRODUCERS = {
    "clock": {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 1}},
    "notes": {"BACKEND": "producers.notes.NotesProducer"},
    "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
    "camera": {"BACKEND": "producers.detections.DetectionProducer"},
}
PASSWORD = "a-long-password-1"
USER = f"""
from django.contrib.auth.models import User
User.objects.create_user("anna", password={PASSWORD!r})
"""
CLOCK = "document.querySelector('#tile-clock time').innerText"
LOST = "(getComputedStyle(document.querySelector('.lost')).visibility == 'visible')"
PANEL = "document.querySelector('[popover]:popover-open')"


@pytest.fixture(scope="module")
def begin(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, bool], Engine]]:
    """Return a function that gives the engine of this name, dark or light, begun at most once."""
    begun: dict[tuple[str, bool], Engine] = {}

    with ExitStack() as open_ones:

        def give(name: str, dark: bool) -> Engine:
            if (name, dark) not in begun:
                engine: Engine
                home = tmp_path_factory.mktemp(name)
                if name == "chromium":
                    engine = Chromium(browser, dark=dark)
                elif name == "firefox":
                    if firefox.EXECUTABLE is None:
                        pytest.skip("Firefox is missing: apt-get install firefox-esr")
                    engine = Firefox(home, dark=dark)
                else:
                    if webkit.EXECUTABLE is None:
                        pytest.skip("WebKit is missing: apt-get install webkit2gtk-driver xvfb")
                    engine = WebKit(home, dark=dark)
                begun[name, dark] = open_ones.enter_context(engine)
            return begun[name, dark]

        yield give


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, begin: Callable[[str, bool], Engine]) -> Engine:
    engine = begin(request.param, False)
    engine.resize(1440, 900)
    return engine


@pytest.fixture(scope="module")
def wall(share_wall: Callable[..., Wall]) -> Wall:
    return share_wall(PRODUCERS=PRODUCERS)


def tick(engine: Engine) -> None:
    """Wait until the clock shows another time."""
    engine.until(f"const shown = {CLOCK}; return window.before && shown != window.before || "
                 "(window.before = shown, false)")  # fmt: skip
    engine.run("delete window.before")


def test_the_page_is_there_ticks_and_shows_what_is_posted(engine: Engine, wall: Wall) -> None:
    engine.visit(wall.url)
    tick(engine)
    tick(engine)

    wall.post("notes", {"text": "the door is open"})
    for value in (21, 24, 22):
        wall.post("readings", value)

    engine.until(
        "return document.querySelector('#tile-notes').innerText.includes('the door is open')"
    )
    engine.until("return document.querySelector('#tile-readings .value').innerText.includes('22')")
    engine.until("return document.querySelectorAll('#tile-readings svg').length > 0")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ENGINES)
def test_it_fits_its_width_in_the_scheme_that_is_asked_for(
    begin: Callable[[str, bool], Engine], wall: Wall, name: str, dark: bool, width: int
) -> None:
    engine = begin(name, dark)
    engine.resize(width, 900)
    engine.visit(wall.url)
    tick(engine)

    assert engine.run("return innerWidth") == width
    assert engine.run("return document.documentElement.scrollWidth") <= width
    seen = Image.open(io.BytesIO(engine.screenshot())).convert("L").getpixel((2, 880))
    assert isinstance(seen, int)
    assert (seen < 64) == dark


def test_a_tile_is_shared(engine: Engine, wall: Wall) -> None:
    engine.visit(wall.url)
    tick(engine)
    engine.run("document.querySelector('[aria-label=\"Share clock\"]').click()")
    engine.until(f"return {PANEL} && {PANEL}.querySelector('form') != null")
    engine.run(
        f"[...{PANEL}.querySelectorAll('button')]"
        ".find(one => one.innerText == 'Make the embed').click()"
    )
    engine.until(f"return {PANEL}.querySelector('iframe') != null")
    link = engine.run(f"return {PANEL}.querySelector('iframe').src")

    assert link.startswith(f"{wall.url}/embed/clock/?t=")
    assert engine.run(f"return {PANEL}.scrollWidth <= {PANEL}.clientWidth")
    engine.visit(link)
    tick(engine)


def test_a_lost_connection_is_told_and_heals(
    engine: Engine, make_wall: Callable[..., Wall]
) -> None:
    wall = make_wall(PRODUCERS=PRODUCERS)
    engine.visit(wall.url)
    tick(engine)
    engine.run("window.neverReloaded = true")

    wall.kill()
    # As if 23 seconds had gone by.
    engine.run(
        "for (const one of document.querySelector('.lost').getAnimations()) one.currentTime = 23e3"
    )
    engine.until(f"return {LOST}")
    wall.start()
    engine.until(f"return !{LOST}")
    tick(engine)

    assert engine.run("return window.neverReloaded") is True


def test_a_person_signs_in_and_watches(engine: Engine, share_wall: Callable[..., Wall]) -> None:
    wall = share_wall(ACCESS="login", PRODUCERS=PRODUCERS)
    wall.manage("shell", "--no-imports", "-c", USER, check=False)

    engine.visit(wall.url)
    assert engine.run("return location.pathname") == "/login/"
    engine.run(
        "document.querySelector('[name=username]').value = 'anna';"
        f"document.querySelector('[name=password]').value = '{PASSWORD}';"
        "document.querySelector('main form').requestSubmit()"
    )
    engine.until(
        "return location.pathname == '/' && document.querySelector('#tile-clock time') != null"
    )
    tick(engine)
