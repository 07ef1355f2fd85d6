"""Gallery: the pictures in docs/widgets.md, taken from /gallery/ in a real Chromium.

`python -m tests.support.gallery [widget …]` takes them anew, of all widgets or of those named.
"""

import io
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from dashboard.widgets.registry import WIDGETS
from tests.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.support.wall import ROOT, Wall

FOLDER: Final = ROOT / "docs" / "widgets"
PICTURED: Final = [name for name in WIDGETS if name != "template"]
"""A template of one's own looks as one likes."""

_COLOURS: Final = 48


def take(page: Page, url: str, names: Iterable[str], folder: Path) -> None:
    """Save a picture of the first tile of each widget, as `<name>.png`."""
    for name in names:
        page.goto(f"{url}/gallery/?widget={name}")
        tile = page.locator(".gallery .tile").first
        taken = Image.open(io.BytesIO(tile.screenshot()))
        small = taken.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        small.save(folder / f"{name}.png", optimize=True)


def main(names: list[str]) -> None:
    unknown = set(names) - set(PICTURED)
    if unknown:
        sys.exit(f"no widget with a picture: {', '.join(unknown)}; legal: {', '.join(PICTURED)}")
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        wall = Wall(Path(directory) / "wall", {"ALLOWED_HOSTS": ["127.0.0.1"]})
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        try:
            wall.start()
            page = chromium.new_page(
                viewport={"width": 1280, "height": 900},
                device_scale_factor=2,
                color_scheme="dark",
                reduced_motion="reduce",
            )
            take(page, wall.url, names or PICTURED, FOLDER)
        finally:
            wall.stop()
            chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:])
