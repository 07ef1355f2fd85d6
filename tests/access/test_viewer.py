"""Two users side by side on one wall: each sees theirs, through every door, and no more."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.access.conftest import do, start
from tests.support.visitor import Visitor
from tests.support.wall import Wall

Open = Callable[[str], Visitor]

SEEN = {
    "anna": {"common", "vault", "wreck"},
    "ben": {"common", "opsroom"},
    "root": {"common", "opsroom", "vault", "wreck"},
}
ALL = SEEN["root"]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, with_users: Path) -> Iterator[Wall]:
    """Return one wall for all tests of this file: they leave its users as they are."""
    wall = start(tmp_path_factory.mktemp("viewers") / "wall", with_users)
    yield wall
    wall.stop()


def named_in(text: str) -> set[str]:
    """Return which producers a text betrays, by name or by what they said."""
    return {alias for alias in ALL if alias in text}


def refusals(visitor: Visitor, hidden: str) -> dict[str, tuple[int, str]]:
    """Return what asking for `hidden` is answered with, whatever the door."""
    doors = {
        "history": f"/producers/{hidden}/",
        "tile": f"/stream/?tiles={hidden}",
        "events": f"/events/?producer={hidden}",
        "picture": f"/pictures/{hidden}/0123456789abcdef0123456789abcdef.jpg",
    }
    return {door: visitor.get(path) for door, path in doors.items()}


def test_each_sees_theirs_and_no_trace_of_the_rest(visitor: Open) -> None:
    for name, expected in SEEN.items():
        one = visitor(name)
        hidden = ALL - expected
        page = one.get("/")[1]
        with one.events("/stream/?dashboard=main") as stream:
            for alias in expected:
                stream.until(1, alias)
            tiles = stream.messages
        with one.events("/events/?since=all") as events:
            said = [events.until(1, alias)[0] for alias in expected - {"wreck"}]
            beat = events.until(1, "hb", within=15)
            heard = {message.type for message in events.messages}

        assert named_in(page) == expected, name
        assert {tile.type for tile in tiles} - {"hb", "_summary"} == expected
        assert named_in("".join(tile.data for tile in tiles)) == expected
        assert heard - {"hb"} == expected - {"wreck"}
        assert {json.loads(event.data)["data"]["text"] for event in said} == {
            f"the word of {alias}" for alias in expected - {"wreck"}
        }
        assert beat[0].data == "{}"
        assert ("deep" in page) == ("vault" in expected)
        for alias in expected:
            assert one.get(f"/producers/{alias}/")[0] == 200
        for alias in hidden:
            for door, (status, text) in refusals(one, alias).items():
                assert status == 404, (name, door, alias)
                assert named_in(text.replace(alias, "")) <= expected, (name, door, text)
        assert (one.get("/d/deep/")[0] == 200) == ("vault" in expected)


def test_what_is_hidden_is_answered_like_what_is_not_there(visitor: Open) -> None:
    ben = visitor("ben")

    hidden, absent = refusals(ben, "vault"), refusals(ben, "vvvvv")

    for door, (status, text) in hidden.items():
        assert (status, _form_free(text)) == (
            absent[door][0],
            _form_free(absent[door][1].replace("vvvvv", "vault")),
        ), door
    for path in ("/stream/?tiles=deep-vault", "/stream/?dashboard=deep"):
        assert named_in(ben.get(path)[1].replace("deep-vault", "")) <= SEEN["ben"]
        with ben.events(path) as stream:
            (bye,) = stream.until(1, "bye")
        assert "not for you" in bye.data


def _form_free(text: str) -> str:
    """Return a page without the token of its form, which is another each time."""
    return "".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)


def test_a_live_event_reaches_only_who_may_read_it(closed: Wall, visitor: Open) -> None:
    anna, ben = visitor("anna"), visitor("ben")
    with anna.events("/events/") as hers, ben.events("/events/") as his:
        closed.post("vault", {"text": "silver"})
        closed.post("opsroom", {"text": "alarm"})
        closed.post("common", {"text": "tea"})
        hers.until_text("tea", "common")
        his.until_text("tea", "common")

    assert [m.type for m in hers.messages if m.type != "hb"] == ["vault", "common"]
    assert [m.type for m in his.messages if m.type != "hb"] == ["opsroom", "common"]


def test_users_who_see_the_same_share_their_bytes(closed: Wall, visitor: Open) -> None:
    do(
        closed,
        "from django.contrib.auth.models import *\n"
        "User.objects.create_user('cleo', password='a-long-password-1')"
        ".groups.add(Group.objects.get(name='ops'))",
    )
    with visitor("ben").events("/stream/") as his, visitor("cleo").events("/stream/") as hers:
        his.until(3)
        hers.until(3)
        closed.post("opsroom", {"text": "for both"})
        first = his.until_text("for both", "opsroom")
        second = hers.until_text("for both", "opsroom")

    assert first.data == second.data


def test_a_user_for_whom_there_is_nothing_is_told_so(make_wall: Callable[..., Wall]) -> None:
    notes = {"BACKEND": "producers.notes.NotesProducer", "READERS": []}
    wall = make_wall(ACCESS="login", PRODUCERS={"vault": notes})
    model = "from django.contrib.auth.models import User\n"
    do(wall, model + "User.objects.create_user('cleo', None, 'p')")
    cleo = Visitor(wall)
    cleo.sign_in("cleo", "p")

    page = cleo.get("/")[1]

    assert "nothing for you to see" in page
    assert "vault" not in page
    with cleo.events("/events/?since=all") as stream:
        assert stream.until(1, "hb", within=15)


@pytest.mark.parametrize("path", ["/", "/d/deep/", "/d/none/", "/producers/vault/"])
def test_a_page_sends_a_stranger_to_sign_in(closed: Wall, path: str) -> None:
    stranger = Visitor(closed)

    status, text = stranger.get(path)

    assert status == 302
    assert stranger.location == f"/login/?next={path}"
    assert named_in(text) == set()
    assert stranger.cookies == {}


def test_a_stranger_learns_nothing_at_any_door(closed: Wall) -> None:
    stranger = Visitor(closed)
    doors = ["/stream/", "/events/", "/events/?since=all", "/stream/?tiles=vault", "/readyz"]
    doors += ["/events/?producer=vault", "/events/?producer=none", "/login/", "/nowhere/"]

    for path in doors:
        status, text = stranger.get(path)
        assert named_in(text) == set(), path
        assert status in (401, 200, 404), path
        assert (status == 401) == path.startswith(("/stream", "/events")), path
    for path in ("/stream/", "/events/?since=all", "/stream/?tiles=vault"):
        with stranger.events(path) as stream:
            (bye,) = stream.until(1)
            assert not stream.read()
        assert (stream.status, bye.type, stream.ended) == (200, "bye", True)
        assert named_in(bye.data) == set()
