"""Streams that are open when their viewer may look no more: they end, soon, and say so."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.access.conftest import PASSWORD, do
from tests.support.event_source import EventSource
from tests.support.visitor import Visitor
from tests.support.wall import Wall

Open = Callable[[str], Visitor]

SOON = 30.0
"""Seconds within which a stream has to end."""

USERS = "from django.contrib.auth.models import Group, Permission, User\n"
DISABLE = "User.objects.filter(username='{0}').update(is_active=False)"
LEAVE_GROUP = "User.objects.get(username='{0}').groups.clear()"
JOIN_GROUP = "User.objects.get(username='{0}').groups.add(Group.objects.get(name='ops'))"
RENAME_GROUP = "Group.objects.filter(name='ops').update(name='former')"
DELETE = "User.objects.get(username='{0}').delete()"
NEW_PASSWORD = "u = User.objects.get(username='{0}'); u.set_password('other'); u.save()"
SESSIONS_GONE = "from django.contrib.sessions.models import Session\nSession.objects.all().delete()"
GIVE_PERMISSION = (
    "User.objects.get(username='{0}').user_permissions.add("
    "Permission.objects.get(codename='view_group'))"
)


def ends(stream: EventSource, begun: float) -> str:
    """Return the data of the bye that a stream ends with, soon after `begun`."""
    (bye,) = stream.until(1, "bye", within=begun + SOON - time.monotonic())
    while not stream.ended:
        assert stream.read(2)
    assert stream.ended
    assert stream.messages[-1].type == "bye"
    return bye.data


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (DISABLE, "ended"),
        (DELETE, "ended"),
        (NEW_PASSWORD, "ended"),
        (SESSIONS_GONE, "ended"),
        (LEAVE_GROUP, "changed"),
        (RENAME_GROUP, "changed"),
        (GIVE_PERMISSION, "changed"),
    ],
    ids=["disabled", "deleted", "password", "sessions", "group", "renamed", "permission"],
)
def test_streams_end_when_their_viewer_changes(
    closed: Wall, visitor: Open, script: str, reason: str
) -> None:
    ben, root = visitor("ben"), visitor("root")
    with ben.events("/stream/") as tiles, ben.events("/events/") as events:
        tiles.until(3)
        with root.events("/stream/") as others:
            others.until(5)

            do(closed, USERS + script.format("ben"))
            begun = time.monotonic()

            assert '<a href="">' in ends(tiles, begun)
            assert json.loads(ends(events, begun))["reason"] == reason
            if script is not SESSIONS_GONE:
                closed.post("common", {"text": "still here"})
                others.until_text("still here", "common")
    with ben.events("/stream/") as again:
        first = again.until(1)[0]
    assert (first.type == "bye") == (reason == "ended")


def test_a_reload_shows_what_may_be_seen_now(closed: Wall, visitor: Open) -> None:
    anna = visitor("anna")
    assert "opsroom" not in anna.get("/")[1]

    do(closed, USERS + JOIN_GROUP.format("anna"))

    assert "opsroom" in anna.get("/")[1]
    with anna.events("/stream/") as stream:
        assert stream.until(1, "opsroom")


def test_a_logout_ends_the_streams_of_that_session_alone(closed: Wall, visitor: Open) -> None:
    here, there = visitor("ben"), visitor("ben")
    stolen = dict(here.cookies)
    with here.events("/stream/") as mine, there.events("/stream/") as other:
        mine.until(3)
        other.until(3)

        assert here.post("/logout/")[0] == 302
        assert "Sign in again" in ends(mine, time.monotonic())

        closed.post("common", {"text": "still here"})
        other.until_text("still here", "common")
    assert "eventwall_ticket" not in here.cookies
    with closing(sqlite3.connect(closed.database)) as database, database:
        # As they look to a clock that is ahead for a while.
        database.execute("UPDATE dashboard_endedsession SET until = '2020-01-01 00:00:00'")
    assert there.post("/logout/")[0] == 302
    here.cookies = stolen
    with here.events("/stream/") as again:
        assert again.until(1)[0].type == "bye"
    assert here.get("/events/", Accept="application/json")[0] == 401


def test_a_new_password_ends_what_is_open_under_the_old_one(closed: Wall, visitor: Open) -> None:
    here, there = visitor("ben"), visitor("ben")
    with there.events("/stream/") as other:
        other.until(3)

        new = "another-long-password-2"
        status, text = here.post(
            "/password/", old_password=PASSWORD, new_password1=new, new_password2=new
        )

        assert status == 302, text
        ends(other, time.monotonic())
    assert "password is changed" in here.get("/password/changed/")[1]
    assert here.get("/")[0] == 200
    with here.events("/stream/") as mine:
        assert mine.until(1, "common")


def test_a_ticket_that_runs_out_ends_its_streams(closed: Wall) -> None:
    made = closed.manage(
        "shell",
        "--no-imports",
        "-c",
        "from datetime import timedelta\nfrom django.utils.timezone import now\n"
        "from dashboard.access.tickets import *\n"
        "print(mint(Ticket(holder='user:2', expires=now() + timedelta(seconds=6))))",
    ).strip()
    begun = time.monotonic()
    query = f"?t={made}"
    with closed.events(f"/events/{query}") as events, closed.events(f"/stream/{query}") as tiles:
        tiles.until(3)
        assert json.loads(ends(events, begun + 6))["reason"] == "expired"
        assert "session has ended" in ends(tiles, begun + 6)
    with closed.events(f"/stream/?t={made}") as again:
        assert again.until(1)[0].type == "bye"


def test_a_stream_that_is_still_replaying_ends_too(closed: Wall, visitor: Open) -> None:
    closed.manage(
        "shell",
        "--no-imports",
        "-c",
        "import asyncio\nfrom dashboard.log.factory import make_log\n"
        "from dashboard.tiles.site import make_site\n"
        "async def fill():\n"
        "    log = make_log()\n"
        "    one = make_site().producers['common']\n"
        "    for _ in range(30):\n"
        "        await log.append([one.event('x' * 2000) for _ in range(500)])\n"
        "    await log.aclose()\n"
        "asyncio.run(fill())",
    )
    ben = visitor("ben")
    with ben.events("/events/?since=all") as stream:
        assert stream.messages or stream.read()

        do(closed, USERS + DISABLE.format("ben"))

        # It reads nothing meanwhile, so that it is slow; such a client is cut without a word.
        deadline = time.monotonic() + 30
        while stream.read(5):
            assert time.monotonic() < deadline
        assert stream.ended or stream.of("bye")
        assert len(stream.of("common")) < 30 * 500 or stream.of("bye")


def test_a_stream_goes_on_when_producers_come_and_go(closed: Wall, visitor: Open) -> None:
    """Not even who may see some of them is sent away; what is not theirs stays unseen."""
    ben, anna = visitor("ben"), visitor("anna")
    notes = "producers.notes.NotesProducer"
    with (
        ben.events("/stream/?dashboard=main") as tiles,
        ben.events("/events/") as events,
        anna.events("/events/") as hers,
    ):
        tiles.until(1, "common")
        closed.manage("producer", "add", "lobby", notes)
        closed.manage("producer", "add", "secret", notes, "--reader", "user:anna")
        tiles.until(1, "layout")
        closed.until(lambda: closed.post("secret", "for anna alone")[0] == 201 or None)
        assert closed.post("lobby", "for all")[0] == 201

        tiles.until_text("for all", "lobby")
        events.until(1, "lobby")
        hers.until(1, "lobby")
        assert hers.of("secret")

        closed.manage("producer", "remove", "secret")
        closed.post("common", "after all")
        tiles.until_text("after all", "common")
        events.until(1, "common")
        for stream in (tiles, events, hers):
            assert not stream.ended
            assert not stream.of("bye")
        assert events.of("secret") == tiles.of("secret") == []
    assert "for anna alone" not in ben.get("/")[1]
