"""Browser: how long after a POST an open page in a real Chromium shows it."""

import time
from collections.abc import Iterator
from typing import Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.connection import request
from benchmarks.screen import chromium
from benchmarks.servers.base import Server
from benchmarks.servers.eventwall import Eventwall
from benchmarks.table import Figure, Measure, spread

POSTS: Final = 50
FIRST: Final = 1_000_001
WATCH: Final = """() => {
  window.seen = new Map();
  const tile = document.getElementById("tile-readings");
  new MutationObserver(() => {
    for (const text of tile.innerText.match(/\\d{7}/g) || [])
      if (!seen.has(text)) seen.set(text, Date.now() / 1000);
  }).observe(tile, {childList: true, subtree: true});
}"""

AGE = Measure("POST to changed page in Chromium p50 / p99", "{:.1f} / {:.1f} ms")


def run(server: Server) -> Iterator[Figure]:
    """Raises RuntimeError without Chromium."""
    assert isinstance(server, Eventwall)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        # The page forbids eval, which waiting for a value needs.
        page = browser.new_page(bypass_csp=True)
        with page.expect_response("**/stream/**"):
            page.goto(f"http://127.0.0.1:{server.port}/")
        page.evaluate(WATCH)
        seconds = [shown(server, page, number) for number in range(FIRST, FIRST + POSTS)]
        browser.close()
    yield Figure(AGE, spread(seconds))


def shown(server: Eventwall, page: Page, number: int) -> float:
    """Return the seconds from before the POST until the page has changed."""
    body = b'{"value": 1, "unit": "%d"}' % number
    sent = time.time()
    server.connection.send(request("/ingest/readings", body, server.headers))
    seen = page.wait_for_function(f"seen.get('{number}')", timeout=10_000)
    # Idle between two posts, as a sensor is.
    page.wait_for_timeout(100)
    return float(seen.json_value()) - sent
