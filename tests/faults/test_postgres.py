"""Walls on one PostgreSQL: what one is posted the other shows; the database may die between."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.postgres import Postgres
from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SETTINGS = {
    "PRODUCERS": {
        "tick": {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 0.2}},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
    }
}


@pytest.fixture
def two(tmp_path: Path, postgres: Postgres) -> Iterator[tuple[Wall, Wall]]:
    """Return two servers that run on one PostgreSQL database."""
    postgres.make("two_walls", like="empty")
    walls = Wall(tmp_path / "one", SETTINGS), Wall(tmp_path / "two", SETTINGS)
    for wall in walls:
        wall.environment["EVENTWALL_DATABASE_URL"] = postgres.url("two_walls")
        wall.environment["EVENTWALL_SECRET_KEY"] = "the-same-key-for-both-of-them-is-needed-here"
        wall.start()
    yield walls
    for wall in walls:
        wall.stop()


def is_taken(wall: Wall) -> bool:
    """Whether a note is taken that both are told, as a sender does that tries again."""
    return wall.post("notes", "again", Idempotency_Key="a")[0] in (200, 201)


def test_what_one_is_posted_the_other_has_whatever_becomes_of_the_database(
    two: tuple[Wall, Wall], postgres: Postgres
) -> None:
    one, other = two
    with other.events("/events/?producer=notes,tick") as stream:
        stored = [one.post("notes", f"before {n}")[1]["ids"][0] for n in range(20)]
        stream.until_text("before 19", "notes")
        # One of the two runs the clock, and both hear it.
        stream.until(1, "tick")

        postgres.kill()
        assert one.post("notes", "while it is away")[0] == 503
        postgres.start()
        for wall in two:
            wall.until(partial(is_taken, wall))
        stored += [other.post("notes", f"after {n}")[1]["ids"][0] for n in range(20)]
        stream.until_text("after 19", "notes")
        ticks = len(stream.of("tick"))
        stream.until(ticks + 3, "tick")
        heard = [message.last_event_id for message in stream.of("notes")]

    assert len(heard) == len(set(heard)) == 41
    assert set(stored) <= set(heard)
    assert "no issues" in one.manage("check")
    page = other.request("GET", "/")[2].decode()
    assert "after 19" in page
