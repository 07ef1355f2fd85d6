"""A log that becomes another one under a running process: replaced, restored, gone."""

import asyncio
import json
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dashboard.log.base import CursorLost, EntryId, EventLog, LogUnavailable
from producers.events import Event
from tests.support.logs import Collect, Database, MakeEvent, MakeLog, Until
from tests.support.migrated import migrated_file


def files(database: Database) -> list[Path]:
    return [database.path.with_name(database.path.name + end) for end in ("", "-wal", "-shm")]


async def test_file_made_anew_is_another_log(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    database: Database,
    collect: Collect,
) -> None:
    log = make_database_log()
    old = (await log.append([make_event(i) for i in range(10)])).ids[-1]
    tail = asyncio.create_task(collect(log, old, 1))
    await asyncio.sleep(0.05)

    for file in files(database):
        file.unlink()
    shutil.copy(migrated_file(), database.path)

    with pytest.raises(CursorLost, match="foreign"):
        await tail
    (new,) = (await log.append([make_event()])).ids
    assert new.seq == 1
    assert new.epoch != old.epoch
    with pytest.raises(CursorLost, match="foreign"):
        await log.read(old, 10)
    assert database.rows("SELECT seq FROM dashboard_logentry") == [(1,)]
    assert (await log.bounds()).newest == new


async def test_file_that_is_gone_is_not_made_anew(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()
    await log.append([make_event()])
    await log.bounds()
    aside = [file.rename(file.with_name("aside-" + file.name)) for file in files(database)]

    with pytest.raises(LogUnavailable, match="No such file"):
        await log.append([make_event()])
    with pytest.raises(LogUnavailable, match="No such file"):
        await log.bounds()
    assert not database.path.exists()

    for file, away in zip(files(database), aside, strict=True):
        away.rename(file)
    assert (await log.append([make_event()])).ids[0].seq == 2


@pytest.mark.parametrize("notices", ["writer", "reader", "tail"])
async def test_older_state_put_back_gets_another_epoch(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    database: Database,
    tmp_path: Path,
    collect: Collect,
    until: Until,
    notices: str,
) -> None:
    log, other = make_database_log(), make_database_log()
    (early,) = (await log.append([make_event("kept", key="k")])).ids
    with (
        closing(sqlite3.connect(database.path)) as live,
        closing(sqlite3.connect(tmp_path / "backup")) as backup,
    ):
        live.backup(backup)
    late = (await log.append([make_event("lost") for _ in range(5)])).ids[-1]
    await other.bounds()
    if notices == "tail":
        tail = asyncio.create_task(collect(log, late, 1))
        await asyncio.sleep(0.05)

    with (
        closing(sqlite3.connect(tmp_path / "backup")) as backup,
        closing(sqlite3.connect(database.path)) as live,
    ):
        backup.backup(live)
    if notices == "tail":
        with pytest.raises(CursorLost, match="foreign"):
            await tail
    if notices == "reader":
        assert (await log.bounds()).newest.seq == 1
    after = (await log.append([make_event("new")])).ids[0]

    assert after.seq == 2
    assert after.epoch != early.epoch
    assert (await other.append([make_event("more")])).ids[0] == after._replace(seq=3)
    for cursor in (early, late):
        with pytest.raises(CursorLost, match="foreign"):
            await log.read(cursor, 10)
    again = await other.append([make_event("kept", key="k")])
    assert (again.duplicate, again.ids) == (True, (EntryId(after.epoch, 1),))


# --- files exchanged under it


def overwrite(path: Path, content: bytes) -> None:
    """As `cp` does: it stays the same file."""
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(content)


def raw_backup(database: Database) -> bytes:
    """As `sqlite3 .backup` and then `cat` do."""
    copy = database.path.with_name("backup")
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(database.path)) as live, closing(sqlite3.connect(copy)) as backup:
        live.backup(backup)
        backup.execute("PRAGMA journal_mode=DELETE")
    return copy.read_bytes()


def values(database: Database) -> list[object]:
    assert database.rows("PRAGMA integrity_check") == [("ok",)]
    rows = database.rows("SELECT data FROM dashboard_logentry ORDER BY seq")
    return [json.loads(data)["value"] for (data,) in rows]


async def append_again(log: EventLog, event: Event) -> EntryId:
    """Append, as a sender does that tries again until it is taken."""
    async with asyncio.timeout(20):
        while True:
            try:
                return (await log.append([event])).ids[0]
            except LogUnavailable:
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("ends", [("-wal", "-shm"), ("-wal",), ("-shm",)])
async def test_nothing_is_lost_when_what_is_beside_the_file_is_removed(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    database: Database,
    collect: Collect,
    ends: tuple[str, ...],
) -> None:
    log = make_database_log()
    await log.append([make_event(0)])
    old = (await log.append([make_event(1)])).ids[-1]
    await log.bounds()
    tail = asyncio.create_task(collect(log, old, 1))
    await asyncio.sleep(0.05)

    for end in ends:
        database.path.with_name(database.path.name + end).unlink()
    new = await append_again(log, make_event(2))

    with pytest.raises(CursorLost, match="foreign"):
        await tail
    assert new.epoch != old.epoch
    assert values(database) == [0, 1, 2]
    assert [entry.id for entry in await log.latest("readings", 1)] == [new]


OTHER = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1])
with other:
    other.execute("UPDATE dashboard_loghead SET seq = seq + 1")
    other.execute(
        "INSERT INTO dashboard_logentry (seq, producer, type, time, received, data)"
        " SELECT seq, 'p', 't', '2026-01-01T00:00:00+00:00', received,"
        " json_object('value', 'other') FROM dashboard_loghead"
    )
other.close()
"""
"""What another process does that knows nothing of the removed files."""


async def test_what_others_wrote_beside_removed_files_is_not_overwritten(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()
    await log.append([make_event(0)])
    database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    (old,) = (await log.append([make_event("gone")])).ids
    await log.bounds()
    for end in ("-wal", "-shm"):
        database.path.with_name(database.path.name + end).unlink()
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", OTHER, str(database.path))
    assert await other.wait() == 0

    new = await append_again(log, make_event("kept"))

    assert new.epoch != old.epoch
    assert values(database) == [0, "other", "kept"]
    await log.aclose()
    assert values(database) == [0, "other", "kept"]


@pytest.mark.parametrize("written_back", [False, True])
@pytest.mark.parametrize("alone", [False, True])
async def test_file_that_is_overwritten_is_another_log(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    database: Database,
    collect: Collect,
    written_back: bool,
    alone: bool,
) -> None:
    log = make_database_log()
    await log.append([make_event("kept")])
    backup = raw_backup(database)
    old = (await log.append([make_event("x" * 2_000) for _ in range(50)])).ids[-1]
    database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    old = (await log.append([make_event("y" * 2_000) for _ in range(50)])).ids[-1]
    if written_back:
        database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    if not alone:
        tail = asyncio.create_task(collect(log, old, 1))
        await asyncio.sleep(0.05)

    overwrite(database.path, backup)
    new = await append_again(log, make_event("new"))
    newer = await append_again(log, make_event("newer"))

    if not alone:
        with pytest.raises(CursorLost, match="foreign"):
            await tail
    assert (new.seq, newer) == (2, new._replace(seq=3))
    assert new.epoch != old.epoch
    assert values(database) == ["kept", "new", "newer"]
    await log.aclose()
    assert values(database) == ["kept", "new", "newer"]


async def test_what_sqlite_itself_does_to_its_files_is_no_exchange(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database, collect: Collect
) -> None:
    log, other = make_database_log(), make_database_log()
    (start,) = (await log.append([make_event(0)])).ids
    tail = asyncio.create_task(collect(log, start, 2 * 60 * 8 + 1))
    for number in range(60):
        for one in (log, other):
            await one.append([make_event(f"{number} ".ljust(3_000, "x"))] * 8)
        if number % 10 == 0:
            database.run("PRAGMA wal_checkpoint(TRUNCATE)")
            os.utime(database.path)
    await other.aclose()
    # All connections are closed for a fault, and SQLite takes its files along.
    database.run("ALTER TABLE dashboard_loghead RENAME TO away")
    for asked in (log.append([make_event()]), log.bounds()):
        with pytest.raises(LogUnavailable):
            await asked
    await asyncio.sleep(0.1)
    database.run("ALTER TABLE away RENAME TO dashboard_loghead")

    (last,) = (await log.append([make_event("last")])).ids

    assert last.epoch == start.epoch
    assert [entry.id.seq for entry in await tail] == list(range(2, last.seq + 1))
