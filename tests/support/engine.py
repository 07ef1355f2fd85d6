"""Engine: what a test asks of any browser, whoever drives it."""

import time
from abc import ABC, abstractmethod
from typing import Any, Self

from playwright.sync_api import Browser, Error


class Engine(ABC):
    """A browser with one window and no cookies of before. Use it as a context manager."""

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, *error: object) -> None: ...

    @abstractmethod
    def visit(self, url: str) -> None:
        """Open `url`, and wait until the page is loaded."""

    @abstractmethod
    def run(self, script: str) -> Any:
        """Return what the body of a JavaScript function returns in the page."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Make the page as large as this, in CSS pixels."""

    @abstractmethod
    def screenshot(self) -> bytes:
        """Return a PNG of what is seen of the page."""

    @abstractmethod
    def frame(self, selector: str | None) -> None:
        """Let `run` mean the page in that `iframe`; None: the page itself."""

    def until(self, script: str, within: float = 30) -> Any:
        """Return what `script` returns once that is true."""
        deadline = time.monotonic() + within
        while not (found := self.run(script)):
            assert time.monotonic() < deadline, f"not within {within} s: {script}"
            time.sleep(0.05)
        return found


class Chromium(Engine):
    """A context of its own in a Chromium that runs already."""

    def __init__(self, browser: Browser, *, dark: bool) -> None:
        self._context = browser.new_context(color_scheme="dark" if dark else "light")
        self._page = self._context.new_page()
        self._seen = self._page.main_frame

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._context.close()

    def visit(self, url: str) -> None:
        self._page.goto(url)
        self._seen = self._page.main_frame

    def run(self, script: str) -> Any:
        try:
            return self._seen.evaluate(f"() => {{ {script} }}")
        except Error:
            # It was just then going to another page.
            self._page.wait_for_load_state()
            return self._seen.evaluate(f"() => {{ {script} }}")

    def resize(self, width: int, height: int) -> None:
        self._page.set_viewport_size({"width": width, "height": height})

    def screenshot(self) -> bytes:
        return self._page.screenshot()

    def frame(self, selector: str | None) -> None:
        self._seen = self._page.main_frame
        if selector is not None:
            found = self._page.query_selector(selector)
            inner = found and found.content_frame()
            assert inner, f"there is no {selector}"
            self._seen = inner
