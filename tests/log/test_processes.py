"""Several processes on one log, and what is left when one of them is killed."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from dashboard.log.database_options import DatabaseLogOptions
from producers.base import utc_now
from tests.support import appender
from tests.support.logs import Collect, Database, MakeEvent, MakeLog

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def appending(
    database: Database, *arguments: object
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run tests/support/appender.py on the database's file, ready to begin at a line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        appender.__file__,
        *map(str, arguments),
        cwd=ROOT,
        env={
            **os.environ,
            "EVENTWALL_DATA_DIR": str(database.path.parent),
            "PYTHONPATH": str(ROOT),
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def begin(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")


async def acknowledged(process: asyncio.subprocess.Process) -> list[tuple[float, list[int]]]:
    """Return when each append was acknowledged, and its seqs, once the process has ended."""
    assert process.stdout is not None
    async with asyncio.timeout(60):
        lines = (await process.stdout.read()).decode().splitlines()
    return [(float(line.split()[0]), [int(seq) for seq in line.split()[1:]]) for line in lines]


async def test_what_another_process_appends_is_noticed_within_50_ms(
    make_database_log: MakeLog, database: Database
) -> None:
    log = make_database_log()
    seen: list[int] = []

    async def follow() -> None:
        async for batch in log.tail((await log.bounds()).newest):
            seen.extend(entry.id.seq for entry in batch)

    following = asyncio.create_task(follow())
    async with appending(database, 40, 1, 1) as process:
        begin(process)
        acks = await acknowledged(process)
    async with asyncio.timeout(30):
        while len(seen) < 40:
            await asyncio.sleep(0.005)
    following.cancel()

    assert seen == [seq for _, (seq,) in acks]
    # When it looks is up to this; how soon a busy machine lets it look is not.
    assert DatabaseLogOptions().poll <= 0.05


async def test_two_processes_number_their_entries_in_one_line(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database, collect: Collect
) -> None:
    log = make_database_log(now=utc_now)
    start = (await log.bounds()).newest
    tail = asyncio.create_task(collect(log, start, 1_600))
    ours: list[int] = []

    async def append() -> None:
        for turn in range(100):
            answer = await log.append([make_event(turn)] * 2)
            ours.extend(entry_id.seq for entry_id in answer.ids)

    async with appending(database, 400, 4, 2) as process:
        begin(process)
        await asyncio.gather(*(append() for _ in range(4)))
        theirs = [seq for _, seqs in await acknowledged(process) for seq in seqs]

    assert len(ours) == len(theirs) == 800
    assert sorted(ours + theirs) == list(range(1, 1_601))
    entries = await tail
    assert [entry.id.seq for entry in entries] == list(range(1, 1_601))
    assert {e.id.seq for e in entries if e.event.producer == "other"} == set(theirs)
    received = [entry.received for entry in entries]
    assert received == sorted(received)


async def test_same_key_from_two_processes_is_stored_once(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()
    event = make_event("same", producer="other", key="once")

    async with appending(database, 500, 500, 1, "once") as process:
        begin(process)
        answers = await asyncio.gather(*(log.append([event]) for _ in range(500)))
        acks = await acknowledged(process)

    assert {answer.ids[0].seq for answer in answers} == {1}
    assert [seqs for _, seqs in acks] == [[1]] * 500
    assert database.rows("SELECT count(*) FROM dashboard_logentry") == [(1,)]


async def test_first_use_by_two_processes_makes_one_epoch(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    logs = [make_database_log() for _ in range(5)]

    answers = await asyncio.gather(*(log.append([make_event()]) for log in logs))

    assert len({answer.ids[0].epoch for answer in answers}) == 1
    assert sorted(answer.ids[0].seq for answer in answers) == [1, 2, 3, 4, 5]
    assert database.rows("SELECT id, seq FROM dashboard_loghead") == [(1, 5)]


@pytest.mark.parametrize("appends_before", [1, 30, 90, 200, 500])
async def test_killed_process_leaves_every_acknowledged_append_and_no_half_one(
    database: Database, appends_before: int
) -> None:
    async with appending(database, 0, 8, 3) as process:
        assert process.stdout is not None
        begin(process)
        for _ in range(appends_before):
            await process.stdout.readline()
        process.kill()
        lines = (await process.stdout.read()).decode().splitlines()

    with closing(sqlite3.connect(database.path)) as connection:
        stored = [seq for (seq,) in connection.execute("SELECT seq FROM dashboard_logentry")]
        ok = connection.execute("PRAGMA integrity_check").fetchone()
        head = connection.execute("SELECT seq FROM dashboard_loghead").fetchone()

    whole = [line.split()[1:] for line in lines if len(line.split()) == 4]
    assert ok == ("ok",)
    assert stored == list(range(1, head[0] + 1))
    assert len(stored) % 3 == 0
    assert len(stored) >= 3 * appends_before
    assert {int(seq) for line in whole for seq in line[:2]} <= set(stored)
