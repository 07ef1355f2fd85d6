"""A public wall: everybody sees what names no READERS; and the choice between public and login."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import AsyncClient

from dashboard.access.checks import check_access
from dashboard.conf import conf
from dashboard.views.authorize import everybody
from dashboard.wall import current
from tests.support.visitor import Visitor
from tests.support.wall import Wall

NOTES = "producers.notes.NotesProducer"
PRODUCERS = {
    "common": {"BACKEND": NOTES},
    "vault": {"BACKEND": NOTES, "READERS": ["user:anna"]},
    "wreck": {"BACKEND": "no.such.Thing", "READERS": ["user:anna"]},
}


def test_what_names_readers_is_seen_by_nobody(share_wall: Callable[..., Wall]) -> None:
    wall = share_wall(PRODUCERS=PRODUCERS, STREAM_HEARTBEAT=0.3)
    wall.post("common", {"text": "for all"})
    wall.post("vault", {"text": "silver"})
    stranger = Visitor(wall)

    pages = [stranger.get(path)[1] for path in ("/", "/readyz", "/nothing/", "/d/none/")]
    with wall.events("/events/?since=all") as events, wall.events("/stream/") as tiles:
        events.until(2, "hb")
        tiles.until(2, "hb")

    assert not any("vault" in page or "silver" in page or "wreck" in page for page in pages)
    assert {m.type for m in events.messages} == {"common", "hb"}
    assert {m.type for m in tiles.messages} == {"common", "hb", "_summary"}
    assert not any("vault" in m.data or "wreck" in m.data for m in tiles.messages)
    for path in ("/stream/?tiles=vault", "/events/?producer=vault", "/producers/vault/"):
        status, text = stranger.get(path)
        assert (status, "wreck" in text) == (404, False)
    assert stranger.cookies == {}
    assert "dashboard.W031" in wall.manage("check", check=False)


def test_a_ticket_counts_on_a_public_wall_and_then_alone(share_wall: Callable[..., Wall]) -> None:
    wall = share_wall(PRODUCERS=PRODUCERS, STREAM_HEARTBEAT=0.3)
    model = "from django.contrib.auth.models import User\n"
    wall.manage("shell", "--no-imports", "-c", model + "User.objects.create_user('anna')")
    said = wall.manage("ticket", "anna", "--producer", "vault")
    text = next(line.strip() for line in said.splitlines() if line.startswith("  ey"))
    wall.post("vault", {"text": "silver"})
    wall.post("common", {"text": "for all"})

    with wall.events(f"/events/?since=all&t={text}") as events:
        events.until(2, "hb")
    with wall.events("/events/?t=nonsense") as refused:
        (bye,) = refused.until(1)

    assert {m.type for m in events.messages} == {"vault", "hb"}
    assert bye.type == "bye"


@pytest.mark.parametrize(("debug", "access"), [(True, "public"), (False, "login")])
def test_without_the_setting_debug_decides(settings: Any, debug: bool, access: str) -> None:
    del settings.ACCESS
    settings.DEBUG = debug

    assert access == conf().ACCESS


def test_serve_tells_how_to_make_the_first_user(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(ACCESS="login")
    assert "manage.py createsuperuser" in wall.log.read_text()
    wall.stop()
    model = "from django.contrib.auth.models import User\n"
    wall.manage("shell", "--no-imports", "-c", model + "User.objects.create_user('anna')")
    wall.log.write_text("")

    wall.start()

    assert "Eventwall is live" in wall.log.read_text()
    assert "createsuperuser" not in wall.log.read_text()


def test_a_login_wall_without_sessions_is_an_error(settings: Any) -> None:
    settings.ACCESS = "login"
    assert check_access(None) == []

    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "sessions" not in name]
    (error,) = check_access(None)

    assert error.id == "dashboard.E030"
    assert "SessionMiddleware" in error.msg


def test_readers_on_a_public_wall_are_a_warning(settings: Any) -> None:
    settings.PRODUCERS = PRODUCERS

    messages = check_access(None)

    assert [message.id for message in messages] == ["dashboard.W031"] * 2
    assert "EVENTWALL_ACCESS=login" in str(messages[0].hint)


@pytest.mark.django_db
def test_everybody_sees_all_where_nothing_names_readers(settings: Any) -> None:
    settings.PRODUCERS = {"common": PRODUCERS["common"]}

    assert not everybody().is_limited


@pytest.mark.django_db(transaction=True)
async def test_a_public_page_reads_no_session_and_sets_no_cookie(settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "servestatic" not in name]
    settings.EVENT_LOG = {"BACKEND": "dashboard.log.memory.MemoryLog"}
    settings.PRODUCERS = {"common": PRODUCERS["common"]}
    settings.ALLOWED_HOSTS = ["testserver"]

    async with current.running():
        response = await AsyncClient().get("/")

    # Django adds Cookie to Vary as soon as somebody looks into the session.
    assert response.status_code == 200
    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")
