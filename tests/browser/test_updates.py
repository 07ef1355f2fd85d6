"""An update of a tile takes nothing away from whoever is using it. In a real Chromium."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

PRODUCER = """
from producers.readings import ReadingsProducer

class Panel(ReadingsProducer):
    template_name = "panel.html"
"""
TEMPLATE = """<div><p class="value">{{ entry.event.data.value }}</p>
<details id="more" hx-preserve><summary>More</summary><p>Within</p></details></div>"""


@pytest.fixture
def panel(tmp_path: Path, make_wall: Callable[..., Wall]) -> Wall:
    (tmp_path / "panel.html").write_text(TEMPLATE)
    (tmp_path / "panel_producer.py").write_text(PRODUCER)
    templates = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(Path(__file__).parents[2] / "templates"), str(tmp_path)],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
    return make_wall(
        PRODUCERS={"panel": {"BACKEND": "panel_producer.Panel"}}, TEMPLATES=[templates]
    )


@contextmanager
def changing(wall: Wall) -> Iterator[None]:
    """Have the tile change several times a second."""
    over = threading.Event()

    def post() -> None:
        value = 0
        while not over.wait(0.1):
            value += 1
            wall.post("panel", value)

    thread = threading.Thread(target=post)
    thread.start()
    yield
    over.set()
    thread.join()


def until_changed(page: Page, times: int = 3) -> None:
    value = page.locator("#tile-panel .value")
    for _ in range(times):
        expect(value).not_to_have_text(value.inner_text())


def test_a_heading_is_clicked_and_marked_while_its_tile_changes(
    panel: Wall, visit: Callable[..., Visit]
) -> None:
    panel.post("panel", 0)
    page = visit(panel).page
    with changing(panel):
        page.locator("#title-panel").evaluate("it => getSelection().selectAllChildren(it)")
        until_changed(page)
        marked = page.evaluate("getSelection().toString()")
        box = page.locator("#link-panel").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        until_changed(page)
        page.mouse.up()

        page.wait_for_url("**/producers/panel/")

    assert marked == "panel"


def test_what_a_template_preserves_stays_open_and_in_focus(
    panel: Wall, visit: Callable[..., Visit]
) -> None:
    panel.post("panel", 0)
    page = visit(panel).page
    with changing(panel):
        page.locator("#more summary").focus()
        page.keyboard.press("Enter")
        until_changed(page)

        expect(page.get_by_text("Within")).to_be_visible()
        expect(page.locator("#more summary")).to_be_focused()
