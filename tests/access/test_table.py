"""AccessTable: the database is asked rarely, for many at once, and what it said is kept true."""

import asyncio
from collections.abc import Collection

import pytest
from django.db import DatabaseError

from dashboard.access.access import Seat, Standing
from dashboard.access.table import AccessTable, AccessUnavailable

# Each question is asked on a connection that was looked at first.
pytestmark = pytest.mark.django_db

ANNA, BEN = Seat("user:1"), Seat("user:2")


class Records:
    """A database of standings that remembers what it was asked."""

    def __init__(self) -> None:
        self.standings = {
            ANNA: Standing(frozenset({"notes"}), "anna"),
            BEN: Standing(None, "ben"),
        }
        self.asked: list[set[Seat]] = []
        self.down = False

    def read(self, seats: Collection[Seat]) -> dict[Seat, Standing]:
        self.asked.append(set(seats))
        if self.down:
            raise DatabaseError("the disk is gone")
        return {seat: self.standings[seat] for seat in seats if seat in self.standings}


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def table(records: Records, clock: list[float]) -> AccessTable:
    return AccessTable({"user": records.read}, clock=lambda: clock[0])


async def test_a_seat_is_asked_about_once(table: AccessTable, records: Records) -> None:
    first = await table.standing(ANNA)
    again = await table.standing(ANNA)

    assert first == again == records.standings[ANNA]
    assert records.asked == [{ANNA}]


async def test_who_comes_at_once_is_asked_about_together(
    table: AccessTable, records: Records
) -> None:
    seats = [Seat(f"user:{number}") for number in range(100)]

    await asyncio.gather(*(table.standing(seat) for seat in seats))

    assert len(records.asked) <= 2
    assert set.union(*records.asked) == set(seats)


async def test_fresh_asks_again(table: AccessTable, records: Records) -> None:
    await table.standing(ANNA)
    del records.standings[ANNA]

    assert await table.standing(ANNA) is not None
    assert await table.standing(ANNA, fresh=True) is None
    assert table.known(ANNA) is None


async def test_a_refresh_brings_news(table: AccessTable, records: Records) -> None:
    await table.standing(ANNA)
    records.standings[ANNA] = Standing(frozenset())

    await table.refresh({ANNA})

    assert table.known(ANNA) == Standing(frozenset())


async def test_who_is_not_there_any_more_is_forgotten(
    table: AccessTable, records: Records, clock: list[float]
) -> None:
    await table.standing(ANNA)
    await table.standing(BEN)
    clock[0] = 100

    await table.refresh({BEN})
    await table.refresh({BEN})

    assert table.known(ANNA) is None
    assert records.asked[-2:] == [{BEN}, {BEN}]


async def test_nobody_there_costs_no_question(table: AccessTable, records: Records) -> None:
    await table.refresh(set())

    assert records.asked == []


async def test_a_holder_of_unknown_kind_is_nobody(table: AccessTable) -> None:
    assert await table.standing(Seat("embed:x")) is None


async def test_a_database_that_is_down_changes_nothing(
    table: AccessTable, records: Records
) -> None:
    await table.standing(ANNA)
    records.down = True

    with pytest.raises(AccessUnavailable, match="the disk is gone"):
        await table.refresh({ANNA})
    with pytest.raises(AccessUnavailable):
        await table.standing(BEN)
    assert table.known(ANNA) == records.standings[ANNA]
    records.down = False
    assert await table.standing(BEN) == records.standings[BEN]
