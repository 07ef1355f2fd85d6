"""What every engine must show: Chromium's, Firefox's and WebKit's, which is Safari's."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.support import firefox, webkit
from tests.support.embedding import Parent, make_embed
from tests.support.engine import Chromium, Engine
from tests.support.firefox import Firefox
from tests.support.pictures import FORM, encoded, form
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
CLOCK = "document.querySelector('#tile-clock time')?.innerText"
LOST = "(getComputedStyle(document.querySelector('.lost')).visibility == 'visible')"
PANEL = "document.querySelector('[popover]:popover-open')"
GREY = (90, 90, 90)
BOXES = {"dog": (0.1, 0.3, 0.3, 0.5), "cat": (0.55, 0.5, 0.35, 0.4)}
NEAR = 3
"""Pixels of the screen, for the line around a box."""


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


def post_picture(wall: Wall) -> str:
    """POST a grey picture with the boxes; return its address."""
    things = [
        {"label": label, "score": 0.9, "box": dict(zip("xywh", box, strict=True))}
        for label, box in BOXES.items()
    ]
    picture = encoded("PNG", Image.new("RGB", (640, 480), GREY))
    body = form(picture=picture, result=json.dumps({"detections": things}))
    headers = {"Authorization": f"Bearer {wall.token}", "Content-Type": FORM}
    status, _, answer = wall.request("POST", "/ingest/camera", body, headers)
    assert status == 201, answer
    return f"/pictures/camera/{json.loads(answer)['picture']}"


def is_grey(seen: Image.Image, x: float, y: float) -> bool:
    pixel = seen.getpixel((round(x), round(y)))
    assert isinstance(pixel, tuple)
    return all(abs(one - wanted) < 12 for one, wanted in zip(pixel, GREY, strict=True))


def assert_labels_stand_on_their_boxes(engine: Engine) -> None:
    """By what is seen: what an engine says of elements in SVG is not what it draws."""
    left, top, wide, high = engine.run(
        "const at = document.querySelector('#tile-camera canvas').getBoundingClientRect();"
        "return [at.left, at.top, at.width, at.height]"
    )
    seen = Image.open(io.BytesIO(engine.screenshot())).convert("RGB")
    assert is_grey(seen, left + wide * 0.5, top + high * 0.2), "the picture is there"
    for label, (x, y, w, h) in BOXES.items():
        corner = left + x * wide, top + y * high
        assert is_grey(seen, corner[0] + 6, top + 5), f"{label}: above, there is nothing"
        assert not is_grey(seen, corner[0] + 6, corner[1] - 7), f"{label}: its plate is on its box"
        line = [is_grey(seen, corner[0] + step, corner[1] + h * high / 2) for step in range(-3, 4)]
        assert not all(line), f"{label}: its left side is where it belongs"
        assert is_grey(seen, corner[0] + w * wide / 2, corner[1] + h * high / 2), label


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


def test_labels_stand_on_their_boxes(engine: Engine, wall: Wall) -> None:
    engine.visit(wall.url)
    picture = post_picture(wall)
    engine.until(
        f"return document.querySelector('#tile-camera image[href=\"{picture}\"]')"
        " && document.querySelectorAll('#tile-camera .plate').length == 2"
    )
    loaded(engine, wall, picture)

    assert_labels_stand_on_their_boxes(engine)


def loaded(engine: Engine, wall: Wall, picture: str) -> None:
    """Wait until the engine has drawn the picture: an `image` of SVG has no property that tells."""
    engine.run(
        f"const one = new Image(); one.src = '{picture}'; window.come = false;"
        "one.decode().then(() => requestAnimationFrame(() => requestAnimationFrame(() => {"
        "window.come = true})))"
    )
    engine.until("return window.come")


def test_an_embed_of_the_usual_size_shows_the_whole_picture(engine: Engine, wall: Wall) -> None:
    picture = post_picture(wall)
    with Parent() as parent:
        parent.page = make_embed(wall, "camera", origins=(parent.origin,)).iframe
        engine.visit(parent.origin)
        engine.frame("iframe")
        engine.until(
            "return document.readyState == 'complete'"
            f" && document.querySelector('image[href*=\"{picture}\"]') != null"
        )
        canvas, legend = engine.run(
            "return ['.frame canvas', '.legend'].map(one => {"
            "const at = document.querySelector(one).getBoundingClientRect();"
            "return [at.left, at.top, at.right, at.bottom]})"
        )
        inner = engine.run("return [innerWidth, innerHeight]")
        engine.frame(None)

    assert inner == [480, 300]
    assert min(canvas) >= 0
    assert canvas[2] <= 480
    assert canvas[3] <= legend[1] + 1
    assert legend[3] <= 300


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
