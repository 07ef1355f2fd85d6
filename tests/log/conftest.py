"""Fixtures of the log's tests: logs of both kinds, and a database for each test that wants one."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils.module_loading import import_string
from pytest_django.plugin import DjangoDbBlocker

from dashboard.log.base import Entry, EntryId, EventLog
from dashboard.log.clock import uptime
from dashboard.log.database import DatabaseLog
from dashboard.log.memory import MemoryLog
from dashboard.log.redis import RedisLog
from producers.events import Event
from site_config.database import postgres_at
from tests.support.logs import (
    Clock,
    Collect,
    Database,
    MakeEvent,
    MakeLog,
    Until,
    emptied,
    known_to_django,
    registered,
)
from tests.support.migrated import migrated_file
from tests.support.postgres import Postgres


@pytest.fixture
def database_options() -> dict[str, Any]:
    """OPTIONS in DATABASES that a test wants otherwise; it overrides this fixture."""
    return {}


@pytest.fixture
def database(
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
    database_options: dict[str, Any],
) -> Iterator[Database]:
    path = tmp_path / "eventwall.sqlite3"
    shutil.copy(migrated_file(), path)
    with django_db_blocker.unblock(), registered(path, **database_options) as alias:
        yield Database(alias, path)


@pytest.fixture
def sqlite_alias(database: Database) -> str:
    return database.alias


@pytest.fixture
def postgres_alias(postgres: Postgres, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The alias of a database with empty tables."""
    row = postgres_at(postgres.url("wall"))
    with django_db_blocker.unblock(), known_to_django("log-postgres", row) as alias:
        emptied(alias)
        yield alias


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_event(clock: Clock) -> MakeEvent:
    def make(value: object = 1, **fields: Any) -> Event:
        given: dict[str, Any] = {
            "producer": "readings",
            "type": "reading",
            "time": clock(),
            "data": {"value": value},
        }
        return Event(**{**given, **fields})

    return make


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for any log on each of ours, or on the one that `--event-log` names."""
    if "new_log" in metafunc.fixturenames:
        theirs = metafunc.config.getoption("event_log")
        kinds = [theirs] if theirs else ["memory", "database", "postgres", "redis"]
        metafunc.parametrize("new_log", kinds, indirect=True)


@pytest.fixture
def new_log(request: pytest.FixtureRequest, clock: Clock) -> MakeLog:
    """Makes logs of one kind; a second one of "database" shares the first's file."""

    def memory(**options: Any) -> EventLog:
        return MemoryLog(options, now=clock, uptime=clock.uptime)

    def database(**options: Any) -> EventLog:
        given = {"alias": alias, **options}
        return DatabaseLog(given, now=clock, uptime=clock.uptime)

    def theirs(**options: Any) -> EventLog:
        log_class = import_string(request.param)
        made: EventLog = log_class(options, now=clock, uptime=clock.uptime)
        return made

    def redis(**options: Any) -> EventLog:
        given = {"url": server.url, "prefix": prefix, **options}
        return RedisLog(given, now=clock, uptime=clock.uptime)

    if request.param == "memory":
        return memory
    if request.param == "redis":
        server, prefix = request.getfixturevalue("redis_process"), uuid4().hex
        return redis
    if request.param not in ("database", "postgres"):
        return theirs
    alias = request.getfixturevalue(
        {"database": "sqlite_alias", "postgres": "postgres_alias"}[request.param]
    )
    return database


@pytest.fixture
async def make_log(new_log: MakeLog) -> AsyncIterator[MakeLog]:
    """Makes logs that are closed after the test."""
    made: list[EventLog] = []

    def make(**options: Any) -> EventLog:
        made.append(new_log(**options))
        return made[-1]

    yield make
    for log in made:
        await log.aclose()


@pytest.fixture
async def make_database_log(database: Database, clock: Clock) -> AsyncIterator[MakeLog]:
    """Makes logs in one file, as several processes would; takes `now` beside options."""
    made: list[EventLog] = []

    def make(*, now: Callable[[], datetime] = clock, **options: Any) -> EventLog:
        given = {"alias": database.alias, **options}
        ran = now.uptime if isinstance(now, Clock) else uptime
        made.append(DatabaseLog(given, now=now, uptime=ran))
        return made[-1]

    yield make
    for log in made:
        await log.aclose()


@pytest.fixture
def collect() -> Collect:
    async def collect(log: EventLog, after: EntryId, count: int) -> list[Entry]:
        """Return the first `count` entries that a tail gives."""
        entries: list[Entry] = []
        async with asyncio.timeout(30):
            async for batch in log.tail(after):
                assert batch
                entries += batch
                if len(entries) >= count:
                    break
        return entries

    return collect


@pytest.fixture
def until() -> Until:
    async def until(condition: Callable[[], bool]) -> None:
        """Wait for `condition`, for 30 seconds at most."""
        async with asyncio.timeout(30):
            while not condition():
                await asyncio.sleep(0.005)

    return until


@pytest.fixture
def threads() -> Callable[[], set[str]]:
    """Tells which threads of the log are running."""

    def running() -> set[str]:
        return {t.name for t in threading.enumerate() if t.name.startswith("log-")}

    return running
