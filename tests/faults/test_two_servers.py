"""Two servers on one database: each tick is made once, whoever of them stalls, dies or leaves."""

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

CLOCKS = ("quick", "quicker")
SETTINGS = {
    "PRODUCERS": {
        **{
            alias: {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 0.2}}
            for alias in CLOCKS
        },
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
    }
}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Wall, Wall]]:
    """Return two servers that run on the database of the first."""
    walls = Wall(tmp_path / "one", SETTINGS), Wall(tmp_path / "two", SETTINGS)
    walls[1].environment["EVENTWALL_DATA_DIR"] = str(walls[0].directory)
    for wall in walls:
        wall.start()
    yield walls
    for wall in walls:
        if wall.process is not None:
            wall.process.send_signal(signal.SIGCONT)
            wall.stop()


def holders(wall: Wall) -> dict[str, str]:
    """Return which server holds each lease, by its URL."""
    with closing(sqlite3.connect(wall.database)) as connection:
        rows = connection.execute("SELECT name, holder FROM dashboard_loglease").fetchall()
    return {name: holder.partition(" at ")[2].partition(" ")[0] for name, holder in rows}


def ticks(wall: Wall, after: int = 0) -> list[tuple[int, str, str]]:
    """Return seq, producer and the time that it told of all that the clocks said."""
    with closing(sqlite3.connect(wall.database)) as connection:
        rows = connection.execute(
            "SELECT seq, producer, data FROM dashboard_logentry "
            "WHERE seq > ? AND producer IN (?, ?)",
            (after, *CLOCKS),
        ).fetchall()
    return [(seq, producer, json.loads(data)["time"]) for seq, producer, data in rows]


def newest(wall: Wall) -> int:
    with closing(sqlite3.connect(wall.database)) as connection:
        (seq,) = connection.execute("SELECT seq FROM dashboard_loghead").fetchone()
    return int(seq)


def stall(wall: Wall) -> None:
    """Stop the server, but not while it holds the database: then nobody could write."""
    assert wall.process is not None
    for _ in range(50):
        wall.process.send_signal(signal.SIGSTOP)
        with closing(sqlite3.connect(wall.database, timeout=1, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
                return
            except sqlite3.OperationalError:
                wall.process.send_signal(signal.SIGCONT)
    raise AssertionError("it always holds the database")


def test_they_share_the_producers_and_take_over_from_each_other(two: tuple[Wall, Wall]) -> None:
    one, other = two
    urls = {one.url, other.url}
    one.until(lambda: {holders(one).get(alias) for alias in CLOCKS} == urls)
    for wall in two:
        assert wall.request("GET", "/readyz")[2] == b'{"status": "ok", "misconfigured": []}'
    listed = one.manage("producers")
    told = one.manage("doctor", check=False)
    assert one.url in listed
    assert other.url in listed
    assert one.url in told
    assert other.url in told

    # Stalled: the other takes over, and what the first says when it wakes is not taken.
    assert one.process is not None
    stall(one)
    other.until(lambda: {holders(one).get(alias) for alias in CLOCKS} == {other.url})
    taken = newest(one)
    other.until(lambda: len(ticks(one, taken)) > 10)
    one.process.send_signal(signal.SIGCONT)
    woken = newest(one)
    one.until(lambda: len(ticks(one, woken)) > 20)
    assert one.post("notes", "still heard")[0] == 201

    # Left: what it had is the other's at once.
    other.stop()
    assert {holders(one).get(alias) for alias in CLOCKS} <= {one.url, ""}
    left = newest(one)
    one.until(lambda: {producer for _, producer, _ in ticks(one, left)} == set(CLOCKS))

    # Killed: the next one takes it.
    other.start()
    one.kill()
    killed = newest(one)
    other.until(lambda: {producer for _, producer, _ in ticks(one, killed)} == set(CLOCKS))

    seen = [(producer, time) for _, producer, time in ticks(one)]
    assert len(seen) == len(set(seen)), "a tick was made twice"
