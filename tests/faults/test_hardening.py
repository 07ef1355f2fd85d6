"""What every answer says to a browser, at every URL there is."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

import pytest

from dashboard.urls import urlpatterns
from tests.support.embedding import make_embed
from tests.support.visitor import Visitor
from tests.support.wall import Wall

pytestmark = pytest.mark.faults

FRIEND: Final = "https://wiki.example"
LISTED: Final = "https://other.example"
ROOT: Final = Path(__file__).resolve().parents[2]
PASSWORD: Final = "a-long-password-1"
PICTURE: Final = "0123456789abcdef0123456789abcdef.jpg"

# Name of a URL → paths that are answered by its view; {key} is that of an embed.
PATHS: Final[dict[str, list[str]]] = {
    "wall": ["/"],
    "dashboard": ["/d/main/", "/d/none/"],
    "grid": ["/d/main/grid/", "/d/none/grid/"],
    "producer": ["/producers/notes/", "/producers/none/"],
    "producer-widget": ["/producers/notes/widget/", "/producers/none/widget/"],
    "producer-remove": ["/producers/notes/remove/", "/producers/none/remove/"],
    "login": ["/login/"],
    "logout": ["/logout/"],
    "password": ["/password/"],
    "password-changed": ["/password/changed/"],
    "share": ["/share/", "/share/?tiles=notes"],
    "share-closed": ["/share/closed/"],
    "share-unanswered": ["/share/unanswered/"],
    "embeds": ["/embeds/"],
    "embed-shown": ["/embeds/{key}/", "/embeds/none/"],
    "embed-end": ["/embeds/{key}/end/"],
    "embed": ["/embed/notes/?t={ticket}", "/embed/notes+clock/", "/embed/none/"],
    "still": ["/embed/notes.svg?t={ticket}", "/embed/none.svg"],
    "embed-style": ["/embed.css"],
    "oembed": ["/oembed?url=x"],
    "revive": ["/revive/"],
    "stream": ["/stream/", "/stream/?tiles=none"],
    "events": ["/events/", "/events/?producer=none"],
    "ingest": ["/ingest/notes", "/ingest/notes/"],
    "picture": [f"/pictures/notes/{PICTURE}"],
    "gallery": ["/gallery/"],
    "gallery-picture": [f"/gallery/pictures/made-up/{PICTURE}"],
    "healthz": ["/healthz"],
    "readyz": ["/readyz"],
    # Django's own, and what is not there.
    "admin": ["/admin/", "/admin/login/", "/admin/dashboard/ingesttoken/"],
    "": ["/none", "/none/", "/static/dashboard/wall.css"],
}
EVERY_PATH: Final = [(name, path) for name, paths in PATHS.items() for path in paths]
FRAMED: Final = ("/embed/notes/?t={ticket}",)


class Site(NamedTuple):
    wall: Wall
    viewers: dict[str, Visitor]
    key: str
    ticket: str

    def ask(self, viewer: str, path: str) -> tuple[int, dict[str, str], str]:
        """Return status, headers and text; of what never ends, what HEAD says."""
        method = "HEAD" if path.startswith(("/stream/", "/events/")) else "GET"
        cookies = self.viewers[viewer].cookies
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        asked = path.format(key=self.key, ticket=self.ticket)
        status, fields, body = self.wall.request(method, asked, headers=headers)
        return status, fields, body.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a wall as in production, on which the superuser root is signed in."""
    wall = Wall(
        tmp_path_factory.mktemp("hardening") / "wall",
        {
            "ACCESS": "login",
            "DASHBOARDS": {"main": {}},
            "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        },
        debug=False,
    )
    wall.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    wall.manage("createsuperuser", "--noinput", "--username", "root", "--email", "r@example.org")
    try:
        wall.start()
        made = make_embed(wall, "notes", origins=(FRIEND,), by="root")
        root, stranger = Visitor(wall), Visitor(wall)
        root.sign_in("root", PASSWORD)
        yield Site(wall, {"root": root, "stranger": stranger}, made.key, made.ticket)
    finally:
        wall.stop()


def test_every_url_is_tried() -> None:
    named = {pattern.name for pattern in urlpatterns}

    assert named == set(PATHS) - {"admin", ""}


def doors() -> dict[str, tuple[str, str]]:
    """Return path → (cookies it reads, whether it asks the database), as documented."""
    text = (ROOT / "docs" / "security.md").read_text()
    table = text[text.index("## Doors") : text.index("Every door checks the `Host`")]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[4:]]
    return {
        path: (row[2].partition(",")[0], row[3])
        for row in rows
        if len(row) == 4
        for path in re.findall(r"`([^`]+)`", row[0])
    }


def test_every_door_is_documented() -> None:
    routes = {re.sub(r"<\w+:", "<", f"/{pattern.pattern}"): pattern for pattern in urlpatterns}
    for route in [route for route in routes if "^" in route]:
        routes["/ingest/<producer>"] = routes.pop(route)
    documented = doors()

    assert set(documented) - {"/admin/"} == set(routes)
    for path, (_, database) in documented.items():
        if database == "never" and path != "/embed.css":
            assert hasattr(routes[path].callback, "direct"), path


@pytest.mark.parametrize("name", ["embed", "still", "oembed", "ingest", "healthz", "embed-style"])
def test_a_door_that_reads_no_cookie_is_the_same_with_one(name: str, site: Site) -> None:
    pattern = next(str(pattern.pattern) for pattern in urlpatterns if pattern.name == name)
    door = "/ingest/<producer>" if name == "ingest" else re.sub(r"<\w+:", "<", f"/{pattern}")
    for path in PATHS[name]:
        with_one, without = site.ask("root", path), site.ask("stranger", path)

        assert with_one[0] == without[0]
        for _, headers, _ in (with_one, without):
            assert "set-cookie" not in headers
            assert "cookie" not in headers.get("vary", "").lower()
    assert doors()[door][0] == "none"


@pytest.mark.parametrize("viewer", ["root", "stranger"])
@pytest.mark.parametrize(("name", "path"), EVERY_PATH)
def test_every_answer_is_hardened(name: str, path: str, viewer: str, site: Site) -> None:
    status, headers, text = site.ask(viewer, path)

    assert status < 500
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert not [header for header in headers if header.startswith("access-control")]
    if path.startswith("/static/"):
        return
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    framed = path in FRAMED
    assert (headers.get("x-frame-options") == "DENY") is not framed
    if "frame-ancestors" in policy:
        allowed = f"'self' {FRIEND}" if framed else "'none'"
        assert policy.endswith(f"frame-ancestors {allowed}")
    else:
        assert "sandbox" in policy
    if headers.get("content-type", "").startswith("text/html"):
        assert inline(text) == [], path


def inline(page: str) -> list[str]:
    """Return what a page has in it that only a policy with `unsafe-inline` would let work."""
    tags = r"<script(?![^>]*\ssrc=)[^>]*>|<style|<\w[^<>]*\s(?:style|on\w+)=|<\w[^<>]*javascript:"
    return re.findall(tags, page)


@pytest.mark.parametrize("path", ["/", "/producers/notes/", "/share/", "/embed/notes/?t={ticket}"])
def test_htmx_is_kept_from_evaluating_anything(path: str, site: Site) -> None:
    _, _, page = site.ask("root", path)

    (config,) = re.findall(r"<meta name=\"htmx-config\" content='(\{.*?\})'>", page)
    assert page.index("htmx-config") < page.index("htmx-2.min.")
    for said in (
        '"allowEval":false',
        '"allowScriptTags":false',
        '"includeIndicatorStyles":false',
        '"historyCacheSize":0',
        '"selfRequestsOnly":true',
    ):
        assert said in config


@pytest.mark.parametrize(("name", "path"), EVERY_PATH)
def test_no_origin_is_ever_reflected(name: str, path: str, site: Site) -> None:
    asked = path.format(key=site.key, ticket=site.ticket)
    for origin in ("null", "https://evil.example", f"{FRIEND}.evil.example"):
        for method in ("HEAD", "OPTIONS"):
            said = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            _, headers, _ = site.wall.request(method, asked, headers=said)

            assert not [header for header in headers if header.startswith("access-control")]


def test_a_named_origin_on_this_machine_is_not_given_the_debug_token(
    make_wall: Callable[..., Wall],
) -> None:
    """A page that may show tiles is not to send events: tiles without events show the token."""
    wall = make_wall(EMBED_ORIGINS=[LISTED])

    with wall.events("/stream/?tiles=notes", Origin=LISTED) as foreign:
        theirs = foreign.until(1, "notes")[0].data
    with wall.events("/stream/?tiles=notes", Origin="http://127.0.0.1") as own:
        ours = own.until(1, "notes")[0].data

    assert foreign.headers["access-control-allow-origin"] == LISTED
    assert wall.token in ours
    assert "Bearer" not in theirs
    assert "/producers/" not in theirs


def test_when_nobody_can_say_who_may_look_nothing_is_shown_or_told(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall(PRODUCERS={"notes": {"BACKEND": "producers.notes.NotesProducer"}})
    ticket = make_embed(wall, "notes", origins=(FRIEND,)).ticket
    embed = f"/embed/notes/?t={ticket}"
    with closing(sqlite3.connect(wall.database)) as database:
        database.execute("ALTER TABLE dashboard_embed RENAME TO elsewhere")
    paths = [
        embed,
        f"/embed/notes.svg?t={ticket}",
        f"/oembed?{urlencode({'url': wall.url + embed, 'format': 'json'})}",
        f"/pictures/notes/{PICTURE}?t={ticket}",
    ]

    answers = {path: wall.request("GET", path) for path in paths}
    with wall.events(f"/stream/?tiles=notes&t={ticket}") as stream:
        while stream.read():
            pass

    for path, (status, headers, body) in answers.items():
        assert (status, headers["retry-after"]) == (503, "5"), path
        assert b"elsewhere" not in body
        assert b"no such table" not in body
    assert {message.type for message in stream.messages} <= {"message"}  # busy
    assert stream.parser.retry is not None
