"""A page of another origin, in a browser that is signed in, cannot make the wall store anything."""

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.wall import Wall

pytestmark = pytest.mark.browser

KINDS = ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]
PASSWORD = "correct horse battery"


@pytest.fixture
def foreign() -> Iterator[Callable[[str], str]]:
    """Return a function that serves a page on a port of its own, and returns its URL."""
    pages: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(pages[0].encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def serve(page: str) -> str:
        pages.append(page)
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve

    server.shutdown()
    thread.join()
    server.server_close()


def test_neither_form_nor_fetch_gets_in(
    wall: Wall, foreign: Callable[[str], str], browser: Browser
) -> None:
    wall.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    wall.manage("createsuperuser", "--noinput", "--username", "anna", "--email", "a@example.org")
    target = f"{wall.url}/ingest/notes"
    forms = "".join(
        f'<form method="post" enctype="{kind}" action="{target}">'
        f'<input name="text" value="from elsewhere"><button id="{kind}">Send</button></form>'
        for kind in KINDS
    )
    url = foreign(f"<!doctype html>{forms}")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(wall.url + "/admin/")
        page.get_by_label("Username").fill("anna")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("link", name="Ingest tokens").wait_for()
        assert "eventwall_session" in {cookie["name"] for cookie in context.cookies()}

        statuses = []
        for kind in KINDS:
            page.goto(url)
            with page.expect_navigation(url=target) as navigation:
                page.locator(f"button[id='{kind}']").click()
            statuses.append(navigation.value.status)
        page.goto(url)
        # Simple requests are sent without asking first, but their answer cannot be read.
        read = page.evaluate(
            """async ([target, kinds]) => {
                const outcomes = [];
                for (const mode of ["cors", "no-cors"]) for (const kind of kinds) {
                    const headers = {"Content-Type": kind};
                    const options = {method: "POST", mode, credentials: "include", headers};
                    try {
                        const answer = await fetch(target, {...options, body: '"x"'});
                        outcomes.push(answer.type);
                    } catch (error) { outcomes.push("blocked"); }
                }
                try {
                    const headers = {"Authorization": "Bearer x"};
                    await fetch(target, {method: "POST", headers, body: '"x"'});
                    outcomes.push("sent");
                } catch (error) { outcomes.push("blocked"); }
                return outcomes;
            }""",
            [target, KINDS],
        )

    assert statuses == [401, 401, 401]
    assert read == ["blocked"] * 3 + ["opaque"] * 3 + ["blocked"]
    wall.post("notes", {"text": "from here"})
    with wall.events("/events/?since=all&producer=notes") as stream:
        stream.until_text("from here", "notes")
        assert "elsewhere" not in "".join(event.data for event in stream.of("notes"))
        assert len(stream.of("notes")) == 1
