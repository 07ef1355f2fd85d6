"""What was said while somebody was away is replayed as far as they may see it now, not then."""

import json
from collections.abc import Callable

from tests.access.conftest import do
from tests.support.event_source import EventSource
from tests.support.visitor import Visitor
from tests.support.wall import Wall

Open = Callable[[str], Visitor]

SOON = 30.0
"""Seconds within which what was taken from somebody is gone."""

PERMISSION = (
    "from django.contrib.auth.models import Permission, User\n"
    "User.objects.get(username='ben').user_permissions.{}("
    "Permission.objects.get(codename='view_group'))"
)


def resumed(visitor: Visitor, cursor: str) -> list[tuple[str, str]]:
    """Return (type, data) of what a client of that cursor is sent, up to the word "tea"."""
    stream = EventSource(
        visitor.wall.port, "/events/", {"Cookie": visitor._cookie, "Last-Event-ID": cursor}
    )
    with stream:
        stream.until_text("tea", "common")
    return [(message.type, message.data) for message in stream.messages if message.type != "hb"]


def test_what_may_no_longer_be_seen_is_not_replayed_nor_betrayed(
    closed: Wall, visitor: Open
) -> None:
    do(closed, PERMISSION.format("add"))
    ben = visitor("ben")
    with ben.events("/events/?since=all&producer=vault") as stream:
        stream.until_text("the word of vault", "vault")
    seen = stream.messages[0].last_event_id
    hidden = closed.post("vault", {"text": "silver"})[1]["ids"][0]
    do(closed, PERMISSION.format("remove"))
    closed.post("common", {"text": "tea"})
    # As with streams that are open, what was taken is gone in seconds.
    cookies = {"Cookie": ben._cookie}
    asked = "/events/?producer=vault"
    closed.until(lambda: closed.request("HEAD", asked, None, cookies)[0] == 404, within=SOON)

    went_on = resumed(ben, seen)
    from_hidden = resumed(ben, hidden)
    lost = resumed(ben, "elsewhere-1")

    for told in (went_on, from_hidden, lost):
        assert "vault" not in {type_ for type_, _ in told}
        assert "silver" not in str(told)
    # An id of what is hidden is a place in the log, like any other: nothing tells it apart.
    assert [type_ for type_, _ in from_hidden] == ["common"]
    ((_, reset), *_) = lost
    assert json.loads(reset)["reason"] == "foreign"
    assert hidden not in reset
