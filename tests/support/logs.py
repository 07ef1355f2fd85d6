"""What the log's tests work with: a clock to set, SQLite files of their own, and shapes."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, Self

from django.db import connections

from dashboard.log.base import Entry, EntryId, EventLog
from dashboard.log.clock import Uptime
from dashboard.models import LogEntry, LogHead, LogLeap, LogLease, LogReceipt
from producers.events import Event


class Clock:
    """A time that only moves when told; it passes, or the clock leaps."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self._passed = timedelta()
        self._boot = "boot 1"

    def __call__(self) -> datetime:
        return self.now

    def uptime(self) -> Uptime:
        return Uptime(self._boot, self._passed // timedelta(microseconds=1))

    def advance(self, **how_far: float) -> None:
        self.now += timedelta(**how_far)
        self._passed += timedelta(**how_far)

    def leap(self, **how_far: float) -> None:
        self.now += timedelta(**how_far)

    def boot(self) -> None:
        """Let the machine start anew."""
        self._boot += "+1"
        self._passed = timedelta()


@dataclass(frozen=True, slots=True)
class Database:
    """An SQLite file with the log's tables, known to Django as `alias`."""

    alias: str
    path: Path

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask another connection, which sees only what was committed."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def run(self, sql: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(sql)


class MakeEvent(Protocol):
    def __call__(self, value: object = ..., **fields: Any) -> Event: ...


class MakeLog(Protocol):
    def __call__(self, **options: Any) -> EventLog: ...


class Turns:
    """How often the event loop came round since `async with`: 200 times a second at most."""

    count = 0

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._beating.cancel()
        with suppress(asyncio.CancelledError):
            await self._beating

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(0.005)
            self.count += 1


class Collect(Protocol):
    async def __call__(self, log: EventLog, after: EntryId, count: int) -> list[Entry]: ...


class Until(Protocol):
    async def __call__(self, condition: Callable[[], bool]) -> None: ...


@contextmanager
def registered(path: Path, **options: Any) -> Iterator[str]:
    """Make the SQLite file at `path` one of Django's databases, as the site's own is set."""
    default = connections.settings["default"]
    row = {**default, "NAME": str(path), "OPTIONS": {**default["OPTIONS"], **options}}
    with known_to_django(f"log-{path.parent.name}", row) as alias:
        yield alias


@contextmanager
def known_to_django(alias: str, row: dict[str, Any]) -> Iterator[str]:
    """Have a row of DATABASES under `alias` for a while."""
    connections.settings[alias] = row
    connections.configure_settings(connections.settings)
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def emptied(alias: str) -> None:
    """Empty all tables of the log in a database that is no SQLite."""
    with connections[alias].cursor() as cursor:
        tables = ", ".join(
            model._meta.db_table for model in (LogEntry, LogHead, LogLeap, LogLease, LogReceipt)
        )
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")
