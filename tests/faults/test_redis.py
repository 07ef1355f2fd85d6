"""Walls whose log is in Redis: what one is posted the other shows; Redis may die between."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.redis import PROGRAM, RedisProcess
from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SETTINGS = {
    "PRODUCERS": {
        "tick": {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 0.2}},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
    }
}


@pytest.fixture
def server() -> Iterator[RedisProcess]:
    """A server of the test's own, for it is killed."""
    if PROGRAM is None:
        pytest.skip("Redis is missing: apt-get install redis-server")
    server = RedisProcess()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def two(tmp_path: Path, server: RedisProcess) -> Iterator[tuple[Wall, Wall]]:
    """Return two servers of which the log is in Redis, and all else in one database."""
    walls = Wall(tmp_path / "one", SETTINGS), Wall(tmp_path / "two", SETTINGS)
    for wall in walls:
        wall.environment["EVENTWALL_DATA_DIR"] = str(walls[0].directory)
        wall.environment["EVENTWALL_REDIS_URL"] = server.url
        wall.start()
    yield walls
    for wall in walls:
        wall.stop()


def is_taken(wall: Wall) -> bool:
    """Whether a note is taken that both are told, as a sender does that tries again."""
    return wall.post("notes", "again", Idempotency_Key="a")[0] in (200, 201)


def test_what_one_is_posted_the_other_has_whatever_becomes_of_redis(
    two: tuple[Wall, Wall], server: RedisProcess
) -> None:
    one, other = two
    with other.events("/events/?producer=notes,tick") as stream:
        stored = [one.post("notes", f"before {n}")[1]["ids"][0] for n in range(20)]
        stream.until_text("before 19", "notes")
        stream.until(1, "tick")

        server.kill()
        assert one.post("notes", "while it is away")[0] == 503
        server.start()
        for wall in two:
            wall.until(partial(is_taken, wall))
        stored += [other.post("notes", f"after {n}")[1]["ids"][0] for n in range(20)]
        stream.until_text("after 19", "notes")
        ticks = len(stream.of("tick"))
        stream.until(ticks + 3, "tick")
        heard = [message.last_event_id for message in stream.of("notes")]

    assert len(heard) == len(set(heard)) == 41
    assert set(stored) <= set(heard)
    assert "after 19" in other.request("GET", "/")[2].decode()
    assert "can be read" in one.manage("doctor", check=False)
    assert "tick" in one.manage("producers")

    server.ask("CONFIG", "SET", "appendfsync", "everysec")
    assert "appendfsync is everysec" in one.manage("doctor", check=False)
