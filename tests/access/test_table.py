"""AccessTable: the database is asked rarely, for many at once, and what it said is kept true."""

import asyncio
from collections.abc import Collection

import pytest
from django.db import DatabaseError

from dashboard.access.access import Grant, Principal
from dashboard.access.table import AccessTable, AccessUnavailable

# Each question is asked on a connection that was looked at first.
pytestmark = pytest.mark.django_db

ANNA, BEN = Principal("user:1"), Principal("user:2")


class Records:
    """A database of grants that remembers what it was asked."""

    def __init__(self) -> None:
        self.grants = {
            ANNA: Grant(frozenset({"notes"}), "anna"),
            BEN: Grant(None, "ben"),
        }
        self.asked: list[set[Principal]] = []
        self.down = False

    def read(self, principals: Collection[Principal]) -> dict[Principal, Grant]:
        self.asked.append(set(principals))
        if self.down:
            raise DatabaseError("the disk is gone")
        return {
            principal: self.grants[principal]
            for principal in principals
            if principal in self.grants
        }


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
    first = await table.grant(ANNA)
    again = await table.grant(ANNA)

    assert first == again == records.grants[ANNA]
    assert records.asked == [{ANNA}]


async def test_who_comes_at_once_is_asked_about_together(
    table: AccessTable, records: Records
) -> None:
    principals = [Principal(f"user:{number}") for number in range(100)]

    await asyncio.gather(*(table.grant(principal) for principal in principals))

    assert len(records.asked) <= 2
    assert set.union(*records.asked) == set(principals)


async def test_fresh_asks_again(table: AccessTable, records: Records) -> None:
    await table.grant(ANNA)
    del records.grants[ANNA]

    assert await table.grant(ANNA) is not None
    assert await table.grant(ANNA, fresh=True) is None
    assert table.known(ANNA) is None


async def test_a_refresh_brings_news(table: AccessTable, records: Records) -> None:
    await table.grant(ANNA)
    records.grants[ANNA] = Grant(frozenset())

    await table.refresh({ANNA})

    assert table.known(ANNA) == Grant(frozenset())


async def test_who_is_not_there_any_more_is_forgotten(
    table: AccessTable, records: Records, clock: list[float]
) -> None:
    await table.grant(ANNA)
    await table.grant(BEN)
    clock[0] = 100

    await table.refresh({BEN})
    await table.refresh({BEN})

    assert table.known(ANNA) is None
    assert records.asked[-2:] == [{BEN}, {BEN}]


async def test_nobody_there_costs_no_question(table: AccessTable, records: Records) -> None:
    await table.refresh(set())

    assert records.asked == []


async def test_a_holder_of_unknown_kind_is_nobody(table: AccessTable) -> None:
    assert await table.grant(Principal("embed:x")) is None


async def test_a_database_that_is_down_changes_nothing(
    table: AccessTable, records: Records
) -> None:
    await table.grant(ANNA)
    records.down = True

    with pytest.raises(AccessUnavailable, match="the disk is gone"):
        await table.refresh({ANNA})
    with pytest.raises(AccessUnavailable):
        await table.grant(BEN)
    assert table.known(ANNA) == records.grants[ANNA]
    records.down = False
    assert await table.grant(BEN) == records.grants[BEN]
