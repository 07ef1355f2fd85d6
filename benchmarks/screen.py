"""Screen: a page in a real Chromium, each change of its pixels noted.

Chromium itself tells what it shows (`Page.startScreencast` of its DevTools protocol): each frame
that its compositor has drawn, read back as pixels. Nothing runs in the page, and what is loaded
or decoded but not drawn does not count. A frame's time is when its pixels have reached us or when
it is to be on the screen, whichever is later: a few ms more than a person waits, never less.
"""

import base64
import io
import shutil
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

_VIEW: Final[ViewportSize] = {"width": 1280, "height": 800}
_SHRUNK: Final = 2
"""Pixels of the page to one that is read: what the reading costs Chromium is measured too."""
_CAST: Final = {
    "format": "jpeg",
    "quality": 60,
    "maxWidth": _VIEW["width"] // _SHRUNK,
    "maxHeight": _VIEW["height"] // _SHRUNK,
}

Read = TypeVar("Read")


def chromium() -> str:
    """Return the path of Chromium; raises RuntimeError if there is none."""
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("Chromium is missing: apt-get install chromium")
    return path


class Screen:
    """The page at `url`, a dashboard, as a context manager."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.fetched: list[str] = []
        """URLs that came over the network, not out of a cache; each as often as it did."""
        self._cached: set[str] = set()
        self._drawn: list[tuple[float, str]] = []

    def __enter__(self) -> Self:
        path = chromium()
        self._playwright = sync_playwright().start()
        try:
            browser = self._playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-gpu"]
            )
            self._page = browser.new_page(viewport=_VIEW)
            self._protocol = self._page.context.new_cdp_session(self._page)
            self._protocol.on("Page.screencastFrame", self._draw)
            self._protocol.on("Network.requestServedFromCache", self._cache)
            self._protocol.on("Network.responseReceived", self._fetch)
            self._protocol.send("Network.enable")
            with self._page.expect_response("**/stream/**"):
                self._page.goto(self.url)
            self._protocol.send("Page.startScreencast", _CAST)
        except BaseException:
            self._playwright.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                # A frame that is acknowledged while all ends would wait for an answer for ever.
                self._protocol.remove_listener("Page.screencastFrame", self._draw)
                self._protocol.send("Page.stopScreencast")
        finally:
            self._playwright.stop()

    def watch(self, seconds: float) -> None:
        """Note what is shown for so long."""
        self._page.wait_for_timeout(seconds * 1e3)

    def first(self, selector: str, read: Callable[[Image.Image], Read | None]) -> dict[Read, float]:
        """Return all that `read` made of the pixels where the element is, and when it first did.

        Times are seconds since 1970. Where the element is now, it has to have been all the time.
        """
        box = self._page.locator(selector).bounding_box()
        if box is None:
            raise RuntimeError(f"the page {self.url} shows no {selector!r}")
        left, top = round(box["x"] / _SHRUNK), round(box["y"] / _SHRUNK)
        right, bottom = left + round(box["width"] / _SHRUNK), top + round(box["height"] / _SHRUNK)
        found: dict[Read, float] = {}
        for at, data in self._drawn:
            image = Image.open(io.BytesIO(base64.b64decode(data)))
            made = read(image.crop((left, top, right, bottom)))
            if made is not None:
                found.setdefault(made, at)
        return found

    def _draw(self, event: dict[str, Any]) -> None:
        at = max(time.time(), event["metadata"]["timestamp"])
        self._drawn.append((at, event["data"]))
        self._protocol.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def _cache(self, event: dict[str, Any]) -> None:
        self._cached.add(event["requestId"])

    def _fetch(self, event: dict[str, Any]) -> None:
        response = event["response"]
        if event["requestId"] not in self._cached and not response["fromDiskCache"]:
            self.fetched.append(response["url"])
