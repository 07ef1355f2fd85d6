"""Watch: who is sent away, when, and with which words; on an injected clock."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError

from dashboard.access.access import Access, Seat, Standing
from dashboard.access.stream_revoker import Watch, why_over
from dashboard.access.table import AccessTable
from dashboard.access.tickets import Ticket
from dashboard.live.chunk import Chunk
from dashboard.live.closing import Reason
from dashboard.live.stream import Stream
from dashboard.live.subscriber import Subscriber

NOW = datetime(2030, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
NOTES = frozenset({"notes"})
ANNA = Seat("user:1", "a-session", "a-stamp")
FRAME = Seat("embed:x")


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


def standing(producers: frozenset[str] | None) -> Any:
    return lambda seat: Standing(producers)


@pytest.mark.parametrize(
    ("access", "known", "reason"),
    [
        (Access(seat=ANNA, until=LATER, producers=NOTES), standing(NOTES), None),
        (Access(seat=ANNA, until=NOW, producers=NOTES), standing(NOTES), "expired"),
        (Access(seat=ANNA, until=LATER, producers=NOTES), lambda seat: None, "ended"),
        (Access(seat=ANNA, until=LATER, producers=NOTES), standing(None), "changed"),
        (Access(seat=ANNA, until=LATER), standing(NOTES), "changed"),
        (Access(seat=FRAME, until=NOW), standing(None), "over"),
        (Access(seat=FRAME, until=LATER), lambda seat: None, "over"),
        (Access(until=NOW), standing(None), "over"),
        (Access(until=LATER), lambda seat: None, None),
    ],
)
def test_why_a_stream_is_to_end(access: Access, known: Any, reason: Reason | None) -> None:
    assert why_over(access, NOW, known) == reason


def test_more_that_the_ticket_does_not_ask_for_changes_nothing() -> None:
    ticket = Ticket(holder="user:1", expires=LATER, producers=NOTES)
    access = Access(seat=ANNA, until=LATER, producers=NOTES, ticket=ticket)

    assert why_over(access, NOW, standing(frozenset({"notes", "vault"}))) is None
    assert why_over(access, NOW, standing(None)) is None
    assert why_over(access, NOW, standing(frozenset({"vault"}))) == "changed"


def test_each_of_an_access_is_sent_away_and_nobody_else() -> None:
    watch, clients = Watch(), [Client(), Client(), Client()]
    hers = Access(seat=ANNA, until=NOW)
    others = Access(seat=ANNA, until=LATER)
    for client, access in zip(clients, (hers, hers, others), strict=True):
        watch.enter(access, client, Words())

    watch.sweep(NOW, standing(None))
    watch.sweep(NOW, standing(None))

    assert [client.got for client in clients] == [b"expired", b"expired", b""]
    assert [client.ended for client in clients] == [True, True, False]


def test_one_that_takes_nothing_is_cut() -> None:
    watch, client = Watch(), Client()
    watch.enter(Access(until=NOW), client, Words())
    client.busy_since = 1.0

    watch.sweep(NOW, standing(None))

    assert client.was_cut
    assert client.got == b""


def test_who_left_is_forgotten() -> None:
    watch, client, access = Watch(), Client(), Access(seat=ANNA, until=LATER)
    watch.enter(access, client, Words())
    assert (len(watch), watch.seats()) == (1, {ANNA})

    watch.leave(access, client)
    watch.leave(access, client)

    assert (len(watch), watch.seats()) == (0, set())


@pytest.mark.django_db
async def test_without_the_database_only_what_ran_out_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(seats: object) -> Any:
        raise DatabaseError("gone")

    answers = SimpleNamespace(read=lambda seats: {seat: Standing(NOTES) for seat in seats})
    table = AccessTable({"user": lambda seats: answers.read(seats)})
    await table.standing(ANNA)
    answers.read = fails
    watch, stays, goes = Watch(), Client(), Client()
    watch.enter(Access(seat=ANNA, until=LATER, producers=NOTES), stays, Words())
    watch.enter(Access(seat=ANNA, until=NOW, producers=NOTES), goes, Words())

    await watch.look(NOW, table)
    await watch.look(NOW, table)

    assert (stays.ended, goes.got) == (False, b"expired")
    assert caplog.text.count("access not looked at") == 1
