"""The log in PostgreSQL: its processes are told of what is appended, and what breaks heals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from dashboard.log.base import EntryId, LogUnavailable
from dashboard.log.database import DatabaseLog
from producers.events import Event
from tests.support.logs import MakeEvent, Until
from tests.support.postgres import Postgres

SLOW = 10.0
"""Seconds between two looks, of a log that would notice nothing in time by looking."""


@asynccontextmanager
async def following(log: DatabaseLog) -> AsyncIterator[list[EntryId]]:
    """Give a list that fills itself with what `log` hears of from now on."""
    heard: list[EntryId] = []
    start = (await log.bounds()).newest

    async def follow() -> None:
        async for batch in log.tail(start):
            heard.extend(entry.id for entry in batch)

    task = asyncio.create_task(follow())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def two(
    postgres_alias: str, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[DatabaseLog, DatabaseLog]]:
    """Two logs on one database, as two processes have them."""
    poll = {"poll": request.param} if hasattr(request, "param") else {}
    logs = [DatabaseLog({"alias": postgres_alias, **poll}) for _ in range(2)]
    yield logs[0], logs[1]
    for log in logs:
        await log.aclose()


async def until_it_listens(log: DatabaseLog, until: Until) -> None:
    await until(lambda: (news := log._poller._news) is not None and news.reliable)


@pytest.mark.parametrize("two", [SLOW], indirect=True)
async def test_what_another_appends_is_told_and_not_looked_for(
    two: tuple[DatabaseLog, DatabaseLog], make_event: MakeEvent, until: Until
) -> None:
    one, other = two
    async with following(one) as heard:
        await until_it_listens(one, until)
        ids: list[EntryId] = []
        # Whoever looks each ten seconds would need that for each.
        async with asyncio.timeout(60):
            for n in range(20):
                ids += (await other.append([make_event(n)])).ids
                while heard != ids:
                    await asyncio.sleep(0.001)


async def test_what_nobody_tells_is_found_all_the_same(
    two: tuple[DatabaseLog, DatabaseLog],
    make_event: MakeEvent,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As behind a pooler that keeps no connection for its client."""
    one, other = two
    async with following(one) as heard:
        await until_it_listens(one, until)
        # The other process is told to append without a word: its transaction is the same.
        monkeypatch.setattr("dashboard.log.notifications._NOTIFY", "SELECT %s::text, %s::text")
        ids = (await other.append([make_event()])).ids
        await until(lambda: heard == [*ids])
        news = one._poller._news

        assert news is not None
        assert not news.reliable


async def test_connections_that_are_ended_come_back_and_miss_nothing(
    two: tuple[DatabaseLog, DatabaseLog],
    make_event: MakeEvent,
    until: Until,
    postgres: Postgres,
) -> None:
    one, other = two
    async with following(one) as heard:
        await until_it_listens(one, until)
        ids = list((await other.append([make_event(0)])).ids)
        with psycopg.connect(postgres.url("wall"), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert ended.rowcount >= 3
        for n in range(1, 20):
            async with asyncio.timeout(30):
                ids += await appended(other, make_event(n, key=str(n)))
        await until(lambda: heard[-1:] == ids[-1:])

    assert heard == ids


async def test_who_waits_behind_what_hangs_is_refused_with_it(
    postgres_alias: str,
    make_event: MakeEvent,
    postgres: Postgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dashboard.log.session.HANGS", 1.0)
    log = DatabaseLog({"alias": postgres_alias})
    await log.append([make_event(0)])
    postgres.pause()
    try:
        first = asyncio.ensure_future(log.append([make_event(1)]))
        await asyncio.sleep(0.1)
        behind = asyncio.ensure_future(log.append([make_event(2)]))
        await asyncio.wait([first])
        both_at_once = behind.done()
        refused = await asyncio.gather(first, behind, return_exceptions=True)
    finally:
        postgres.resume()
    await appended(log, make_event(3))
    await log.aclose()

    assert both_at_once, "the second waited for an attempt of its own"
    assert isinstance(refused[0], LogUnavailable)
    assert str(refused[1]) == str(refused[0])


async def appended(log: DatabaseLog, event: Event) -> tuple[EntryId, ...]:
    """Append as a sender does that tries again."""
    while True:
        try:
            return (await log.append([event])).ids
        except LogUnavailable:
            await asyncio.sleep(0.05)
