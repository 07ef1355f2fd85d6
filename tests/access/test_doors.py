"""Doors and tickets: each ticket at each door is let in to exactly its own, or learns nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.access.conftest import do, start
from tests.access.test_viewer import named_in
from tests.support.wall import Wall

MINT = """
import json
from datetime import timedelta
from django.core.signing import Signer
from django.utils.timezone import now
from dashboard.access.tickets import Ticket, mint
later = now() + timedelta(hours=1)
def made(holder, expires=later, **limits):
    return mint(Ticket(holder=holder, expires=expires, **limits))
good = made("user:2")
only = lambda *names: frozenset(names)
print(json.dumps({
    "whole": good,
    "one producer": made("user:2", producers=only("opsroom")),
    "hidden producer": made("user:2", producers=only("vault")),
    "one tile": made("user:2", tiles=only("opsroom")),
    "hidden tile": made("user:2", tiles=only("vault", "deep-vault")),
    "gone tile": made("user:2", tiles=only("no-such")),
    "anyone": made("anyone"),
    "superuser": made("user:3"),
    "expired": made("user:2", now() - timedelta(seconds=1)),
    "edited": "A" + good[1:],
    "unsigned": good.partition(".")[0] + "." + "A" * 43,
    "other salt": Signer(salt="x", sep=".").sign(good.partition(".")[0]),
    "nonsense": "nonsense",
    "empty": "",
    "disabled": made("user:4"),
    "nobody": made("user:999"),
    "no user's key": made("user:abc"),
    "other session": made("user:2", session="0123456789abcdef", stamp="0123456789abcdef"),
    "unknown embed": made("embed:none"),
}))
"""
BENS = {"common", "opsroom"}
ALL = {"common", "opsroom", "vault", "wreck"}
TILES: dict[str, set[str]] = {
    "whole": BENS,
    "one producer": {"opsroom"},
    "one tile": {"opsroom"},
    "anyone": {"common"},
    "superuser": ALL,
}
"""Ticket → the tiles of dashboard `main` that it opens; any other opens none."""
EVENTS: dict[str, set[str]] = {
    "whole": BENS,
    "one producer": {"opsroom"},
    "hidden producer": set(),
    "anyone": {"common"},
    "superuser": ALL - {"wreck"},
}
"""Ticket → the producers whose events it opens; any other is refused."""
NAMES = [
    "whole", "one producer", "hidden producer", "one tile", "hidden tile", "gone tile", "anyone",
    "superuser", "expired", "edited", "unsigned", "other salt", "nonsense", "empty", "disabled",
    "nobody", "no user's key", "other session", "unknown embed",
]  # fmt: skip
WAYS = ["query", "bearer", "cookie"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, with_users: Path) -> Iterator[Wall]:
    wall = start(tmp_path_factory.mktemp("doors") / "wall", with_users)
    do(wall, "from django.contrib.auth.models import User\nUser(pk=4, is_active=False).save()")
    yield wall
    wall.stop()


@pytest.fixture(scope="module")
def made(shared: Wall) -> dict[str, str]:
    """Return the tickets by name."""
    tickets: dict[str, str] = json.loads(shared.manage("shell", "--no-imports", "-c", MINT))
    assert list(tickets) == NAMES
    return tickets


def brought(path: str, text: str, way: str) -> tuple[str, dict[str, str]]:
    """Return path and headers of a request that brings the ticket in this way."""
    if way == "query":
        return f"{path}{'&' if '?' in path else '?'}t={text}", {}
    if way == "bearer":
        return path, {"Authorization": f"Bearer {text}"}
    return path, {"Cookie": f"eventwall_ticket={text}"}


def heard(wall: Wall, path: str, headers: dict[str, str]) -> tuple[set[str], str, bool]:
    """Return a stream's events and data until it has nothing more to tell, and if it ended."""
    with wall.events(path, **headers) as stream:
        assert stream.status == 200
        while not stream.ended and len(stream.of("hb")) < 2 and stream.read(5):
            pass
    names = {m.type for m in stream.messages} - {"hb", "_summary"}
    return names, "".join(m.data for m in stream.messages), stream.ended


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_each_ticket_opens_its_own_and_nothing_else(
    shared: Wall, made: dict[str, str], name: str, way: str
) -> None:
    def stream(path: str) -> tuple[set[str], str, bool]:
        return heard(shared, *brought(path, made[name], way))

    tiles, text, ended = stream("/stream/?dashboard=main")
    assert (tiles, ended) == ((TILES[name], False) if name in TILES else ({"bye"}, True))
    assert named_in(text) <= TILES.get(name, set())

    events, text, ended = stream("/events/?since=all")
    assert (events, ended) == ((EVENTS[name], False) if name in EVENTS else ({"bye"}, True))
    assert named_in(text) <= EVENTS.get(name, set())

    for alias in ALL - TILES.get(name, set()):
        for path in (f"/stream/?tiles={alias}", f"/events/?producer={alias}"):
            events, text, ended = stream(path)
            assert (events, ended) == ({"bye"}, True), path
            assert named_in(text) == set()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_a_program_that_is_refused_gets_a_status_and_no_names(
    shared: Wall, made: dict[str, str], name: str, way: str
) -> None:
    for path in ("/events/?producer=vault", "/stream/?tiles=vault", "/pictures/vault/x.jpg"):
        asked, headers = brought(path, made[name], way)
        if name != "superuser" or "pictures" in path:
            status, fields, body = shared.request("GET", asked, headers=headers)

            assert status in (401, 403, 404), (path, status)
            assert named_in(body.decode().replace("vault", "", 1)) <= TILES.get(name, set())
            assert ("www-authenticate" in fields) == (status == 401)


@pytest.mark.parametrize("name", NAMES)
def test_no_ticket_opens_a_page_or_writes(shared: Wall, made: dict[str, str], name: str) -> None:
    for way in WAYS:
        for path in ("/", "/d/deep/", "/producers/common/", "/admin/"):
            asked, headers = brought(path, made[name], way)
            assert shared.request("GET", asked, headers=headers)[0] == 302
        asked, headers = brought("/ingest/common", made[name], way)
        assert shared.request("POST", asked, "x", headers)[0] == 401


def test_no_ticket_is_in_the_log(shared: Wall, made: dict[str, str]) -> None:
    log = shared.log.read_text()

    assert [name for name, text in made.items() if len(text) > 20 and text in log] == []


def test_the_ticket_command_makes_one_that_works(shared: Wall) -> None:
    said = shared.manage("ticket", "ben", "--producer", "opsroom", "--url", shared.url)
    text = next(
        line.strip() for line in said.splitlines() if "." in line and " " not in line.strip()
    )

    assert heard(shared, *brought("/events/?since=all", text, "bearer"))[0] == {"opsroom"}
    assert f"curl -N {shared.url}/events/" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ben", "--producer", "vault"], "legal are common, opsroom"),
        (["zoe"], "there is no user 'zoe'"),
        (["ben", "--days", "0"], "legal are 1 to 3650"),
        (["", "--days", "1"], "the user '' is disabled"),
    ],
)
def test_the_ticket_command_says_what_is_wrong(shared: Wall, words: list[str], told: str) -> None:
    assert told in shared.manage("ticket", *words, check=False)
