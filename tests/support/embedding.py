"""Embedding: embeds of a running wall, and the foreign pages that they are pasted into."""

import http.server
import json
import threading
from typing import Any, Self

from tests.support.wall import Wall

_MAKE = """
import json
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils.timezone import now
from dashboard.embeds.making import make, snippets_of
from dashboard.models import Embed
from dataclasses import asdict
said = json.loads({said!r})
by = User.objects.get(username=said["by"]) if said["by"] else None
embed = make(said["tiles"], said["origins"], said["theme"], by=by)
if said["lives"] is not None:
    embed.expires = now() + timedelta(seconds=said["lives"])
    embed.save()
print(json.dumps({{"key": embed.key}} | asdict(snippets_of(embed, said["base_url"]))))
"""


class Made:
    """An embed: its key, what is to be copied of it, and its ticket."""

    def __init__(self, said: dict[str, str]) -> None:
        self.key = said["key"]
        self.iframe, self.htmx, self.link = said["iframe"], said["htmx"], said["link"]
        self.oembed, self.markdown = said["oembed"], said["markdown"]
        self.ticket = self.link.partition("?t=")[2]


def make_embed(
    wall: Wall,
    *tiles: str,
    origins: tuple[str, ...] = (),
    theme: str = "auto",
    by: str | None = None,
    lives: float | None = None,
) -> Made:
    """Make an embed in another process; `lives`: seconds until it is over, less than 0: it is."""
    said = {"tiles": tiles, "origins": origins, "theme": theme, "by": by, "lives": lives}
    script = _MAKE.format(said=json.dumps(said | {"base_url": wall.url}))
    return Made(json.loads(wall.manage("shell", "--no-imports", "-c", script)))


def revoke(wall: Wall, embed: Made) -> None:
    wall.manage(
        "shell",
        "--no-imports",
        "-c",
        "from dashboard.embeds.making import revoke\nfrom dashboard.models import Embed\n"
        f"revoke(Embed.objects.get(key={embed.key!r}))",
    )


class Parent:
    """A site of another origin with one page. Use it as a context manager."""

    def __init__(self) -> None:
        parent = self
        self.page = ""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(f"<!doctype html><title>Theirs</title>{parent.page}".encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.port = self._server.server_port
        self.origin = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
