"""The log's files are removed, overwritten and replaced under a server that is posted to."""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.wall import Wall

pytestmark = pytest.mark.faults


class Poster(Thread):
    """Posts a numbered note again and again, and keeps a ledger of what was answered with 201."""

    def __init__(self, wall: Wall, name: str) -> None:
        super().__init__(name=name)
        self._wall = wall
        self._over = Event()
        self.stored: list[tuple[float, str]] = []
        """When each was sent, and its text."""

    def run(self) -> None:
        number = 0
        while not self._over.wait(0.005):
            number += 1
            began, text = time.monotonic(), f"{self.name}.{number} ".ljust(700, "x")
            if self._wall.post("notes", {"text": text})[0] == 201:
                self.stored.append((began, text))

    def finish(self) -> None:
        self._over.set()
        self.join()


@pytest.fixture
def posters(wall: Wall) -> Iterator[list[Poster]]:
    posting = [Poster(wall, name) for name in "abc"]
    for poster in posting:
        poster.start()
    yield posting
    for poster in posting:
        poster.finish()


def ledger(posters: list[Poster], since: float = 0.0) -> set[str]:
    return {text for poster in posters for began, text in poster.stored if began > since}


def backed_up(wall: Wall) -> Path:
    path = wall.directory / "backup.sqlite3"
    with closing(sqlite3.connect(wall.database)) as live, closing(sqlite3.connect(path)) as copy:
        live.backup(copy)
    return path


def beside(wall: Wall) -> list[Path]:
    return [wall.database.with_name(wall.database.name + end) for end in ("-wal", "-shm")]


def removed(wall: Wall, backup: Path) -> None:
    for file in beside(wall):
        file.unlink()


def overwritten(wall: Wall, backup: Path) -> None:
    shutil.copyfile(backup, wall.database)


def replaced(wall: Wall, backup: Path) -> None:
    os.replace(backup, wall.database)


@pytest.mark.parametrize("happens", [removed, overwritten, replaced])
def test_what_is_answered_201_is_kept_and_readers_are_reset(
    wall: Wall, posters: list[Poster], happens: Callable[[Wall, Path], None]
) -> None:
    wall.until(lambda: len(ledger(posters)) > 100)
    backup = backed_up(wall)
    wall.until(lambda: len(ledger(posters)) > 300)
    last = wall.post("notes", {"text": "the last of them"})[1]["ids"][0]

    with wall.events("/events/?producer=notes", Last_Event_ID=last) as stream:
        happens(wall, backup)
        done = time.monotonic()
        while stream.read(10):
            pass
    wall.until(lambda: len(ledger(posters, since=done)) > 200)
    for poster in posters:
        poster.finish()
    with wall.events("/events/?producer=notes", Last_Event_ID=last) as resumed:
        (reset,) = resumed.until(1, "reset")

    wall.stop()
    with closing(sqlite3.connect(wall.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute("SELECT data FROM dashboard_logentry WHERE producer = 'notes'")
        kept = {json.loads(data)["text"] for (data,) in rows}
    assert json.loads(reset.data)["reason"] == "foreign"
    assert ledger(posters, since=done) - kept == set()
    if happens is removed:
        assert ledger(posters) - kept == set()
