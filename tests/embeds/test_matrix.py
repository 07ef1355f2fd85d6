"""Viewer × door × ticket: each cell shows exactly what it may, or learns nothing."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlencode

import pytest

from tests.access.conftest import PASSWORD, SETTINGS, do
from tests.support.embedding import make_embed, revoke
from tests.support.pictures import encoded
from tests.support.visitor import Visitor
from tests.support.wall import Wall

TITLES: Final = {"vault": "Strong room", "hall": "Entrance hall"}
SAID: Final = {"vault": "gold bars: 400", "hall": "doormat: 1"}
PRODUCERS = {
    "vault": {
        "BACKEND": "producers.detections.DetectionProducer",
        "OPTIONS": {"title": TITLES["vault"]},
        "READERS": ["user:anna"],
    },
    "hall": {
        "BACKEND": "producers.notes.NotesProducer",
        "OPTIONS": {"title": TITLES["hall"]},
    },
}
USERS = f"""
from django.contrib.auth.models import User
User.objects.create_user("anna", password={PASSWORD!r})
User.objects.create_user("ben", password={PASSWORD!r})
"""
VIEWERS: Final = ("anonymous", "anna", "ben")
TICKETS: Final = ("none", "good", "expired", "edited", "other tile", "revoked")
DOORS: Final = (
    "page", "producer page", "stream", "events", "embed", "still", "oembed", "picture",
)  # fmt: skip


_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


class Site(NamedTuple):
    wall: Wall
    visitors: dict[str, Visitor]
    tickets: dict[str, str]
    picture: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = SETTINGS | {"PRODUCERS": PRODUCERS, "DASHBOARDS": {}}
    wall = Wall(tmp_path_factory.mktemp("matrix") / "wall", settings)
    wall.start()
    do(wall, USERS)
    wall.post("hall", {"text": SAID["hall"]})
    headers = {"Authorization": f"Bearer {wall.token}", "Content-Type": "image/jpeg"}
    answer = json.loads(wall.request("POST", "/ingest/vault", encoded(), headers)[2])
    wall.post("vault", {"detections": [{"label": SAID["vault"]}]})
    visitors = {name: Visitor(wall) for name in VIEWERS}
    for name in ("anna", "ben"):
        visitors[name].sign_in(name, PASSWORD)
    good, taken = make_embed(wall, "vault", by="anna"), make_embed(wall, "vault", by="anna")
    revoke(wall, taken)
    tickets = {
        "good": good.ticket,
        "expired": make_embed(wall, "vault", by="anna", lives=-5).ticket,
        "edited": edited(make_embed(wall, "hall", by="ben").ticket),
        "other tile": make_embed(wall, "hall", by="anna").ticket,
        "revoked": taken.ticket,
    }
    yield Site(wall, visitors, tickets, answer["picture"])
    wall.stop()


def edited(ticket: str) -> str:
    """Return a ticket for the hall whose payload was changed to say the vault."""
    payload, _, signature = ticket.partition(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    said["ti"] = ["vault"]
    changed = base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode())
    return f"{changed.decode().rstrip('=')}.{signature}"


def path_of(site: Site, door: str, ticket: str, tile: str = "vault") -> str:
    paths = {
        "page": "/",
        "producer page": f"/producers/{tile}/",
        "stream": f"/stream/?tiles={tile}",
        "events": f"/events/?producer={tile}&since=all",
        "embed": f"/embed/{tile}/",
        "still": f"/embed/{tile}.svg",
        "oembed": f"{site.wall.url}/embed/{tile}/",
        "picture": f"/pictures/{tile}/{site.picture}",
    }
    path = paths[door]
    if ticket != "none":
        query = urlencode({"t": site.tickets[ticket]})
        path += f"{'&' if '?' in path else '?'}{query}"
    return f"/oembed?{urlencode({'url': path})}" if door == "oembed" else path


def expected(viewer: str, door: str, ticket: str) -> tuple[int, set[str]]:
    """Return the status, and what is shown."""
    if door in ("page", "producer page"):  # whatever ticket comes along
        if viewer == "anonymous":
            return 302, set()
        if door == "page":
            return 200, {"vault", "hall"} if viewer == "anna" else {"hall"}
        return (200, {"vault"}) if viewer == "anna" else (404, set())
    if ticket == "none":
        if door in ("embed", "still", "oembed"):
            return (401 if door == "oembed" else 403), set()
        if viewer == "anonymous":
            return (404 if door == "picture" else 401), set()
        return (200, {"vault"}) if viewer == "anna" else (404, set())
    if ticket == "good":
        return (403, set()) if door == "events" else (200, {"vault"})
    if door in ("embed", "still"):
        return 403, set()
    if door == "picture":
        return 404, set()
    if ticket == "other tile" and door != "oembed":
        return (403 if door == "events" else 404), set()
    return 401, set()


@pytest.mark.parametrize("ticket", TICKETS)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("viewer", VIEWERS)
def test_each_cell_shows_what_it_may_or_refuses_and_leaks_nothing(
    site: Site, viewer: str, door: str, ticket: str
) -> None:
    status, shown = expected(viewer, door, ticket)
    path = path_of(site, door, ticket)

    if status == 200 and door in ("stream", "events"):
        with site.visitors[viewer].events(path) as stream:
            stream.until(1, "vault")
            names = {message.type for message in stream.messages} - {"hb"}
        assert names == shown
        return
    got, text = answer(site, viewer, path)

    assert got == status
    assert {name for name in SAID if betrayed(name, text)} <= shown
    if door == "page" or (shown and door not in ("picture", "still")):
        assert {name for name in SAID if TITLES[name] in text} == shown
    if status in (401, 403, 404):
        # Alike for what is not there at all; and of what there is, none is listed.
        other = answer(site, viewer, path_of(site, door, ticket, tile="no-such"))
        assert (got, text.replace("vault", "no-such")) == other
        assert "hall" not in text or viewer == "ben" or ticket == "other tile"


@pytest.mark.parametrize("ticket", TICKETS)
@pytest.mark.parametrize("viewer", VIEWERS)
def test_an_event_source_that_is_refused_hears_bye_and_nothing_else(
    site: Site, viewer: str, ticket: str
) -> None:
    status, shown = expected(viewer, "stream", ticket)

    with site.visitors[viewer].events(path_of(site, "stream", ticket)) as stream:
        while not (stream.ended or stream.of("vault")) and stream.read(3):
            pass

    assert stream.status == 200
    if shown:
        assert {message.type for message in stream.messages} == {"hb", "vault"}
    else:
        assert status >= 400
        assert [message.type for message in stream.messages] == ["bye"]
        assert stream.ended
        assert not any(betrayed(name, stream.messages[0].data) for name in SAID)
        if ticket != "none":
            assert "no longer shown here" in stream.messages[0].data


def test_an_embed_holder_is_told_no_more_than_the_tile(site: Site) -> None:
    text = answer(site, "anonymous", path_of(site, "embed", "good"))[1]

    assert TITLES["vault"] in text
    assert SAID["vault"] in text
    assert "/producers/" not in text
    assert "anna" not in text
    assert "Bearer" not in text


def test_the_pictures_of_an_embed_can_be_fetched_with_what_it_says(site: Site) -> None:
    text = answer(site, "anonymous", path_of(site, "embed", "good"))[1]
    urls = re.findall(r'(?:href|src)="([^"]*/pictures/[^"]+)"', text)

    assert urls
    for url in urls:
        assert url.startswith(f"{site.wall.url}/pictures/vault/")
        status, headers, _ = site.wall.request("GET", url.removeprefix(site.wall.url))
        assert (status, headers["content-type"]) == (200, "image/jpeg")


def test_no_ticket_writes(site: Site) -> None:
    for ticket in site.tickets.values():
        for path in (f"/ingest/hall?t={ticket}", "/ingest/hall"):
            headers = {"Authorization": f"Bearer {ticket}"}
            assert site.wall.request("POST", path, "x", headers)[0] == 401


def test_no_ticket_is_in_the_servers_log(site: Site) -> None:
    answer(site, "anonymous", path_of(site, "embed", "good"))
    log = site.wall.log.read_text()

    assert [ticket for ticket in site.tickets.values() if ticket in log] == []


def answer(site: Site, viewer: str, path: str) -> tuple[int, str]:
    visitor = site.visitors[viewer]
    said = {"Cookie": "; ".join(f"{n}={v}" for n, v in visitor.cookies.items())}
    status, _, body = site.wall.request("GET", path, None, said)
    # Each page has another CSRF token.
    return status, _TOKEN.sub("", body.decode("utf-8", "replace"))


def betrayed(name: str, text: str) -> bool:
    """Whether the text tells more of a tile than the name that was asked for."""
    return TITLES[name] in text or SAID[name] in text
