"""A log that becomes another one under a running process: replaced, restored, gone."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dashboard.log.base import CursorLost, EntryId, LogUnavailable
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
