"""The wall in a browser that runs no script: it loads itself again, and nothing lies about it."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.embedding import make_embed
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

PRODUCERS = {
    "notes": {"BACKEND": "producers.notes.NotesProducer"},
    "camera": {"BACKEND": "producers.detections.DetectionProducer"},
}


def test_the_wall_loads_itself_again_with_its_pictures_and_without_the_overlay(
    make_wall: Callable[..., Wall], visit: Callable[..., Visit]
) -> None:
    wall = make_wall(PRODUCERS=PRODUCERS)
    wall.post("notes", {"text": "the first"})
    picture = BytesIO()
    Image.new("RGB", (64, 48), "red").save(picture, "PNG")
    headers = {"Authorization": f"Bearer {wall.token}", "Content-Type": "image/png"}
    assert wall.request("POST", "/ingest/camera", picture.getvalue(), headers)[0] == 201

    page = visit(wall, java_script_enabled=False).page
    expect(page.locator("#tile-notes")).to_contain_text("the first")
    expect(page.locator(".reloads")).to_be_visible()
    shown = Image.open(BytesIO(page.locator("#tile-camera .frame").screenshot())).convert("RGB")
    wall.post("notes", {"text": "the second"})
    expect(page.locator("#tile-notes")).to_contain_text("the second", timeout=20_000)

    assert shown.getpixel((shown.width // 2, shown.height // 2)) == (255, 0, 0)
    assert page.locator(".lost").is_hidden()
    assert page.locator(".live").is_hidden()
    # What cannot be opened without a script is not offered, and no cell of the wall is empty.
    assert page.locator(".share-it:visible").count() == 0
    assert page.locator(".wall > *:visible").count() == 2


@pytest.mark.parametrize("path", ["/producers/notes/", "EMBED"])
def test_other_pages_with_tiles_do_too(
    make_wall: Callable[..., Wall], visit: Callable[..., Visit], path: str
) -> None:
    wall = make_wall(PRODUCERS=PRODUCERS)
    if path == "EMBED":
        path = make_embed(wall, "notes").link.removeprefix(wall.url)

    page = visit(wall, path, java_script_enabled=False).page

    assert page.locator('noscript meta[http-equiv="refresh"]').count() == 1
    assert page.locator(".lost").is_hidden()


def test_with_scripts_the_page_never_loads_itself_again(
    make_wall: Callable[..., Wall], visit: Callable[..., Visit]
) -> None:
    page = visit(make_wall(PRODUCERS=PRODUCERS)).page

    assert page.locator("head meta[http-equiv]").count() == 0
    assert page.locator(".reloads:visible").count() == 0
