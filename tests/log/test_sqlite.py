"""What the log's connections are, in a database that was set up with nothing of the log in mind."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from dashboard.log.session import Session
from tests.support.logs import Database, MakeEvent, MakeLog

FRESH: dict[str, Any] = {"transaction_mode": None, "init_command": ""}
"""As `startproject` writes DATABASES: without OPTIONS."""


@pytest.fixture
def database_options() -> dict[str, Any]:
    return FRESH


async def test_an_append_makes_the_file_one_whose_readers_do_not_wait(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    database.run("PRAGMA journal_mode=DELETE")

    await make_database_log().append([make_event(1)])

    assert database.rows("PRAGMA journal_mode") == [("wal",)]


@pytest.mark.parametrize("database_options", [{**FRESH, "init_command": "PRAGMA synchronous=OFF"}])
def test_a_commit_is_on_the_disk_whatever_others_may_risk(
    database: Database, database_options: dict[str, Any]
) -> None:
    session = Session(database.alias)

    try:
        assert session.run(lambda session: session.fetch("PRAGMA synchronous")) == [(2,)]
    finally:
        session.close()


def test_a_transaction_takes_its_turn_before_it_reads(database: Database) -> None:
    session, told = Session(database.alias), list[str]()

    def write(session: Session) -> None:
        session.connection.connection.set_trace_callback(told.append)
        with session.transaction() as cursor:
            cursor.execute("SELECT 1")

    try:
        session.run(write)
    finally:
        session.close()

    said = [statement for statement in told if not statement.startswith("PRAGMA")]
    assert said[0] == "BEGIN IMMEDIATE"


@pytest.mark.parametrize(
    "database_options", [{**FRESH, "init_command": "PRAGMA journal_mode=DELETE"}]
)
async def test_a_journal_mode_that_was_asked_for_stays(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    database: Database,
    database_options: dict[str, Any],
) -> None:
    await make_database_log().append([make_event(1)])

    assert database.rows("PRAGMA journal_mode") == [("delete",)]


def test_a_log_that_is_closed_leaves_locked_what_a_transaction_of_django_has(
    make_database_log: MakeLog, database: Database
) -> None:
    """Both are in one process, and POSIX gives up all its locks when any descriptor is closed."""

    async def look() -> None:
        log = make_database_log()
        await log.bounds()
        await log.aclose()

    def others_may_write() -> bool:
        script = "import sqlite3, sys; sqlite3.connect(sys.argv[1], 0).execute('BEGIN IMMEDIATE')"
        asked = [sys.executable, "-c", script, str(database.path)]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or "database is locked" in done.stderr, done.stderr
        return done.returncode == 0

    asyncio.run(look())  # the first one writes
    with transaction.atomic(using=database.alias):
        Group.objects.using(database.alias).create(name="half done")
        assert not others_may_write()
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, look()).result()
        assert not others_may_write()
    assert others_may_write()
