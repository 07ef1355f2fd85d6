"""Browser: how long after a POST an open page in a real Chromium shows it."""

import shutil
import time

from playwright.async_api import async_playwright

from benchmarks.posts import Sender
from benchmarks.process import Process

POSTS = 50
WATCH = """() => {
  window.seen = new Map();
  const tile = document.getElementById("tile-readings");
  new MutationObserver(() => {
    for (const text of tile.innerText.match(/\\d{7}/g) || [])
      if (!seen.has(text)) seen.set(text, Date.now() / 1000);
  }).observe(tile, {childList: true, subtree: true});
}"""


async def post_to_dom(server: Process) -> list[float]:
    """Return the seconds of each post, from before it is sent until the page has changed."""
    sender = Sender(server.port, server.token)
    await sender.open()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        # The page forbids eval, which waiting for a value needs.
        page = await browser.new_page(bypass_csp=True)
        async with page.expect_response("**/stream/**"):
            await page.goto(f"http://127.0.0.1:{server.port}/")
        await page.evaluate(WATCH)
        seconds = []
        for number in range(1_000_001, 1_000_001 + POSTS):
            sent = time.time()
            await sender.post(b'{"value": 1, "unit": "%d"}' % number)
            seen = await page.wait_for_function(f"seen.get('{number}')", timeout=10_000)
            seconds.append(float(await seen.json_value()) - sent)
            # Idle between two posts, as a sensor is.
            await page.wait_for_timeout(100)
        await browser.close()
    sender.close()
    return seconds
