"""A page that fails its test on any console error, CSP report or foreign request."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.support.wall import Wall


@dataclass
class Watched:
    """What a page did that a person would not see."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)


@dataclass
class Visit:
    page: Page
    watched: Watched


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a path of a wall in a fresh browser context."""
    contexts: list[BrowserContext] = []

    def open_page(wall: Wall, path: str = "/", **context_options: object) -> Visit:
        context = browser.new_context(**context_options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        watched = Watched()

        def requested(request: Request) -> None:
            watched.requests.append(request.url)
            if request.resource_type == "script":
                watched.scripts.append(urlsplit(request.url).path)
            if urlsplit(request.url).netloc != f"127.0.0.1:{wall.port}":
                watched.complaints.append(f"foreign request: {request.url}")

        page.on("request", requested)

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                watched.complaints.append(f"{message.type}: {message.text}")

        page.on("console", said)
        page.on("pageerror", lambda error: watched.complaints.append(f"error: {error}"))
        page.goto(wall.url + path)
        return Visit(page, watched)

    yield open_page

    for context in contexts:
        context.close()
