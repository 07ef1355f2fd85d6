"""Fixtures that more than one folder of tests needs: a real server, a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.wall import Wall

CHROMIUM = shutil.which("chromium")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def make_wall(tmp_path: Path) -> Iterator[Callable[..., Wall]]:
    """Return a function that starts a server of its own, with keyword settings overridden."""
    walls: list[Wall] = []

    def make(command: str = "serve", debug: bool | None = True, **settings: object) -> Wall:
        wall = Wall(tmp_path / f"wall{len(walls)}", settings, debug=debug)
        walls.append(wall)
        wall.start(command)
        return wall

    yield make

    for wall in walls:
        wall.stop()


@pytest.fixture
def wall(make_wall: Callable[..., Wall]) -> Wall:
    """Return a running server with the site's own settings."""
    return make_wall()


# Not for the whole session: as long as Playwright's is, no other event loop can be run.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a real headless Chromium; without one, skip here and fail in CI."""
    if CHROMIUM is None:
        reason = "Chromium is missing: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()
