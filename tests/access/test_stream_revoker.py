"""StreamRevoker: who is sent away, when, and with which words; on an injected clock."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError

from dashboard.access.access import Access, Grant, Principal
from dashboard.access.stream_revoker import StreamRevoker, why_over
from dashboard.access.table import AccessTable
from dashboard.access.tickets import Ticket
from dashboard.live.chunk import Chunk
from dashboard.live.closing import Reason
from dashboard.live.stream import Stream
from dashboard.live.subscriber import Subscriber

NOW = datetime(2030, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
NOTES = frozenset({"notes"})
ANNA = Principal("user:1", "a-session", "a-stamp")
FRAME = Principal("embed:x")


class Client(Subscriber):
    """Keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.got = b""
        self.was_cut = False

    def put(self, chunk: Chunk) -> None:
        self.got += chunk.data

    async def send(self, chunk: Chunk) -> None:
        self.put(chunk)

    def cut(self) -> None:
        self.was_cut = True
        self.close()


class Words(Stream):
    async def attach(self, subscriber: Subscriber) -> None: ...

    def farewell(self, reason: Reason) -> bytes:
        return reason.encode()


def grant(producers: frozenset[str] | None) -> Any:
    return lambda principal: Grant(producers)


@pytest.mark.parametrize(
    ("access", "known", "reason"),
    [
        (Access(principal=ANNA, until=LATER, producers=NOTES), grant(NOTES), None),
        (Access(principal=ANNA, until=NOW, producers=NOTES), grant(NOTES), "expired"),
        (Access(principal=ANNA, until=LATER, producers=NOTES), lambda principal: None, "ended"),
        (Access(principal=ANNA, until=LATER, producers=NOTES), grant(None), "changed"),
        (Access(principal=ANNA, until=LATER), grant(NOTES), "changed"),
        (Access(principal=FRAME, until=NOW), grant(None), "over"),
        (Access(principal=FRAME, until=LATER), lambda principal: None, "over"),
        (Access(until=NOW), grant(None), "over"),
        (Access(until=LATER), lambda principal: None, None),
    ],
)
def test_why_a_stream_is_to_end(access: Access, known: Any, reason: Reason | None) -> None:
    assert why_over(access, NOW, known) == reason


def test_more_that_the_ticket_does_not_ask_for_changes_nothing() -> None:
    ticket = Ticket(holder="user:1", expires=LATER, producers=NOTES)
    access = Access(principal=ANNA, until=LATER, producers=NOTES, ticket=ticket)

    assert why_over(access, NOW, grant(frozenset({"notes", "vault"}))) is None
    assert why_over(access, NOW, grant(None)) is None
    assert why_over(access, NOW, grant(frozenset({"vault"}))) == "changed"


def test_each_of_an_access_is_sent_away_and_nobody_else() -> None:
    watch, clients = StreamRevoker(), [Client(), Client(), Client()]
    hers = Access(principal=ANNA, until=NOW)
    others = Access(principal=ANNA, until=LATER)
    for client, access in zip(clients, (hers, hers, others), strict=True):
        watch.enter(access, client, Words())

    watch.sweep(NOW, grant(None))
    watch.sweep(NOW, grant(None))

    assert [client.got for client in clients] == [b"expired", b"expired", b""]
    assert [client.ended for client in clients] == [True, True, False]


def test_one_that_takes_nothing_is_cut() -> None:
    watch, client = StreamRevoker(), Client()
    watch.enter(Access(until=NOW), client, Words())
    client.busy_since = 1.0

    watch.sweep(NOW, grant(None))

    assert client.was_cut
    assert client.got == b""


def test_who_left_is_forgotten() -> None:
    watch, client, access = StreamRevoker(), Client(), Access(principal=ANNA, until=LATER)
    watch.enter(access, client, Words())
    assert (len(watch), watch.principals()) == (1, {ANNA})

    watch.leave(access, client)
    watch.leave(access, client)

    assert (len(watch), watch.principals()) == (0, set())


@pytest.mark.django_db
async def test_without_the_database_only_what_ran_out_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(principals: object) -> Any:
        raise DatabaseError("gone")

    answers = SimpleNamespace(
        read=lambda principals: {principal: Grant(NOTES) for principal in principals}
    )
    table = AccessTable({"user": lambda principals: answers.read(principals)})
    await table.grant(ANNA)
    answers.read = fails
    watch, stays, goes = StreamRevoker(), Client(), Client()
    watch.enter(Access(principal=ANNA, until=LATER, producers=NOTES), stays, Words())
    watch.enter(Access(principal=ANNA, until=NOW, producers=NOTES), goes, Words())

    await watch.look(NOW, table)
    await watch.look(NOW, table)

    assert (stays.ended, goes.got) == (False, b"expired")
    assert caplog.text.count("access not looked at") == 1
