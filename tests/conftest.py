"""Fixtures that more than one folder of tests needs: a real server, a real browser."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from dashboard.wall import current
from tests.support.postgres import Postgres, programs
from tests.support.redis import PROGRAM, RedisProcess
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the contracts be tried on what is not in this repository."""
    parser.addoption("--event-log", metavar="PATH", help="dotted path of a log, for tests/log/")
    parser.addoption("--producer", metavar="PATH", help="dotted path, for tests/producers/")
    parser.addoption("--options", metavar="JSON", default="{}", help="OPTIONS of that producer")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail in CI what a machine that lacks something may skip."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"in CI nothing is skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all tests of this process, with the databases `empty` and `wall`, which have
    empty tables: one to be copied, one to be written to."""
    if programs() is None:
        pytest.skip("PostgreSQL is missing: apt-get install postgresql")
    server = Postgres()
    try:
        server.start()
        server.make("empty")
        server.migrate("empty")
        server.make("wall", like="empty")
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisProcess]:
    """A Redis server for all tests of this process; each uses a prefix of its own."""
    if PROGRAM is None:
        pytest.skip("Redis is missing: apt-get install redis-server")
    server = RedisProcess()
    try:
        server.start()
        yield server
    finally:
        server.remove()


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


@pytest.fixture(scope="module")
def share_wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Wall]]:
    """Return a function as `make_wall` that starts one server for all tests of a module that ask
    for the same settings.

    They neither stop it nor take anything away, and expect that others have posted.
    """
    walls: dict[str, Wall] = {}

    with ExitStack() as running:

        def share(**settings: object) -> Wall:
            key = repr(sorted(settings.items()))
            if key not in walls:
                wall = Wall(tmp_path_factory.mktemp("shared") / "wall", settings)
                running.callback(wall.stop)
                wall.start()
                walls[key] = wall
            return walls[key]

        yield share


@pytest.fixture(scope="module")
def shared_wall(share_wall: Callable[..., Wall]) -> Wall:
    """Return the module's server with the site's own settings."""
    return share_wall()


# Not for the whole session: as long as Playwright's is, no other event loop can be run.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a real headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: apt-get install chromium")
    # What is not there at once may come as late as a busy machine lets it.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def _no_wall_is_left() -> Iterator[None]:
    """Fail the test that leaves a wall in this process, and not one that comes after it."""
    yield
    left, current._current = current._current, None
    assert left is None, "a wall was made in this process and not ended; see current.running()"
