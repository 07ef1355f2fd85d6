"""Walls whose log is on one engine: what one is posted the other shows; the engine may die."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.postgres import Postgres
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
def two(tmp_path: Path) -> Iterator[tuple[Wall, Wall]]:
    """Return two walls that are not started yet."""
    walls = Wall(tmp_path / "one", SETTINGS), Wall(tmp_path / "two", SETTINGS)
    yield walls
    for wall in walls:
        if wall.process is not None:
            wall.stop()


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    """A server of the test's own, for it is killed."""
    if PROGRAM is None:
        pytest.skip("Redis is missing: apt-get install redis-server")
    server = RedisProcess()
    server.start()
    yield server
    server.remove()


def is_taken(wall: Wall) -> bool:
    """Whether a note is taken that both are told, as a sender does that tries again."""
    return wall.post("notes", "again", Idempotency_Key="a")[0] in (200, 201)


def assert_they_agree(two: tuple[Wall, Wall], engine: Postgres | RedisProcess) -> None:
    """One of the two runs the clock, and both hear all that each is told, once, though `engine`
    is killed between."""
    one, other = two
    with other.events("/events/?producer=notes,tick") as stream:
        stored = [one.post("notes", f"before {n}")[1]["ids"][0] for n in range(20)]
        stream.until_text("before 19", "notes")
        stream.until(1, "tick")

        engine.kill()
        assert one.post("notes", "while it is away")[0] == 503
        engine.start()
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


def test_what_one_is_posted_the_other_has_whatever_becomes_of_postgresql(
    two: tuple[Wall, Wall], postgres: Postgres
) -> None:
    postgres.make("two_walls", like="empty")
    for wall in two:
        wall.environment["EVENTWALL_DATABASE_URL"] = postgres.url("two_walls")
        wall.environment["EVENTWALL_SECRET_KEY"] = "the-same-key-for-both-of-them-is-needed-here"
        wall.start()

    assert_they_agree(two, postgres)

    assert "no issues" in two[0].manage("check")


def test_what_one_is_posted_the_other_has_whatever_becomes_of_redis(
    two: tuple[Wall, Wall], redis: RedisProcess
) -> None:
    """The log is in Redis, and all else in one database."""
    one, _ = two
    for wall in two:
        wall.environment["EVENTWALL_DATA_DIR"] = str(one.directory)
        wall.environment["EVENTWALL_REDIS_URL"] = redis.url
        wall.start()

    assert_they_agree(two, redis)

    assert "can be read" in one.manage("doctor", check=False)
    assert "tick" in one.manage("producers")
    redis.ask("CONFIG", "SET", "appendfsync", "everysec")
    assert "appendfsync is everysec" in one.manage("doctor", check=False)
