"""A wall that changes while it runs: every process and every open stream follows."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.wall import Wall

READINGS = "producers.readings.ReadingsProducer"
COMMAND = "producers.command.CommandProducer"
CLOCK = "producers.clock.ClockProducer"


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    """Return a wall on which each test adds and removes what is its own."""
    settings = {
        "PRODUCERS": {"notes": {"BACKEND": "producers.notes.NotesProducer"}},
        "AUTO_PRODUCERS_MAX": 0,
    }
    wall = Wall(tmp_path_factory.mktemp("site") / "wall", settings)
    wall.start()
    yield wall
    wall.stop()


def beside(wall: Wall) -> Wall:
    """Return a second server on the same database and settings."""
    second = Wall(wall.directory.with_name("second"), {})
    second.environment |= {
        "EVENTWALL_DATA_DIR": str(wall.directory),
        "PYTHONPATH": wall.environment["PYTHONPATH"],
    }
    second.start()
    return second


def test_a_producer_comes_and_goes_and_no_stream_is_cut(wall: Wall) -> None:
    with (
        wall.events("/stream/?dashboard=main") as tiles,
        wall.events("/events/") as events,
        wall.events("/events/?producer=notes") as notes,
    ):
        tiles.until(1, "notes")
        wall.manage("producer", "add", "kitchen", READINGS, "expect_every=5")
        tiles.until(1, "layout")

        assert wall.post("kitchen", 21.4)[0] == 201
        assert "21.4" in tiles.until_text("21.4", "kitchen").data
        assert json.loads(events.until(1, "kitchen")[0].data)["data"]["value"] == 21.4
        assert 'id="tile-kitchen"' in wall.request("GET", "/")[2].decode()

        wall.manage("producer", "remove", "kitchen")
        tiles.until(2, "layout")

        assert wall.post("kitchen", 22)[0] == 404
        assert 'id="tile-kitchen"' not in wall.request("GET", "/")[2].decode()
        assert wall.post("notes", "still here")[0] == 201
        tiles.until_text("still here", "notes")
        events.until(1, "notes")
        notes.until(1, "notes")
        assert [stream.ended for stream in (tiles, events, notes)] == [False] * 3


def test_what_was_said_before_is_there_when_a_producer_comes_back(wall: Wall) -> None:
    wall.manage("producer", "add", "attic", READINGS)
    wall.until(lambda: wall.post("attic", 18.5)[0] == 201 or None)
    wall.manage("producer", "remove", "attic")
    wall.until(lambda: wall.post("attic", 0)[0] == 404 or None)

    wall.manage("producer", "add", "attic", READINGS)

    def shown() -> bool | None:
        return "18.5" in wall.request("GET", "/")[2].decode() or None

    assert wall.until(shown)
    wall.manage("producer", "remove", "attic")


def test_a_producer_that_makes_events_is_started_and_stopped(wall: Wall) -> None:
    with wall.events("/events/") as events:
        wall.manage("producer", "add", "ticks", CLOCK, "interval=0.1")
        events.until(3, "ticks")

        wall.manage("producer", "remove", "ticks")
        wall.until(lambda: wall.post("ticks", 1)[0] == 404 or None)

    with wall.events("/events/?since=latest") as after:
        wall.post("notes", "quiet now")
        after.until(1, "notes")
        wall.post("notes", "still quiet")
        after.until(2, "notes")
    assert after.of("ticks") == []


def test_a_second_process_on_the_same_database_follows(wall: Wall) -> None:
    second = beside(wall)
    try:
        with second.events("/stream/") as tiles:
            tiles.until(1, "hb")
            wall.manage("producer", "add", "cellar", READINGS)
            tiles.until(1, "layout")

            assert second.post("cellar", 12.5)[0] == 201
            tiles.until_text("12.5", "cellar")
        with wall.events("/events/?producer=cellar&since=all") as events:
            events.until(1, "cellar")
    finally:
        second.stop()
        wall.manage("producer", "remove", "cellar")


def test_a_dashboard_comes_and_its_stream_ends_with_it(wall: Wall) -> None:
    wall.manage("dashboard", "add", "lab", "notes", "--title", "Lab")
    wall.until(lambda: wall.request("GET", "/d/lab/")[0] == 200 or None)
    with wall.events("/stream/?dashboard=lab") as tiles:
        tiles.until(1, "notes")
        assert "Lab" in wall.request("GET", "/")[2].decode()

        wall.manage("dashboard", "remove", "lab")
        tiles.until(1, "layout")

    assert wall.request("GET", "/d/lab/")[0] == 404
    status, headers, _ = wall.request("GET", "/d/lab/grid/")
    assert (status, headers["hx-refresh"]) == (200, "true")


def test_an_embed_of_a_tile_that_goes_says_so(wall: Wall) -> None:
    wall.manage("producer", "add", "porch", READINGS)
    wall.until(lambda: wall.post("porch", 1)[0] == 201 or None)
    with wall.events("/stream/?tiles=porch") as tiles:
        tiles.until(1, "porch")
        wall.manage("producer", "remove", "porch")
        assert tiles.until(1, "bye")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("notes", READINGS), "there is a producer 'notes' already"),
        (("bad", "no.such.Backend"), "no.such.Backend"),
        (("bad", READINGS, "intervall=3"), "intervall"),
        (("bad", READINGS, "nonsense"), "legal is name=value"),
        (("a b", READINGS), "'a b'"),
        (("bad", COMMAND, "command=no-such-program"), "there is no program 'no-such-program'"),
        (("Notes", READINGS), "differ only in upper and lower case"),
        (("bad", READINGS, "--reader", "anna"), "none of group:, user: and perm:"),
    ],
)
def test_what_cannot_run_is_not_stored(wall: Wall, arguments: tuple[str, ...], told: str) -> None:
    before = stored(wall)

    said = wall.manage("producer", "add", *arguments, check=False)

    assert told in said
    assert "Traceback" not in said
    assert stored(wall) == before


def stored(wall: Wall) -> list[Any]:
    with closing(sqlite3.connect(wall.database)) as database:
        return database.execute("SELECT * FROM dashboard_storedproducer").fetchall()


def test_what_stands_in_the_settings_is_removed_there(wall: Wall) -> None:
    said = wall.manage("producer", "remove", "notes", check=False)
    assert "remove it there" in said
    assert "there is no dashboard 'none'" in wall.manage("dashboard", "remove", "none", check=False)


def test_rows_written_behind_its_back_are_found_in_seconds(
    make_wall: Callable[..., Wall], tmp_path: Path
) -> None:
    wall = make_wall()
    wall.manage(
        "shell",
        "-c",
        "from dashboard.models import StoredProducer\n"
        f"StoredProducer.objects.create(alias='kitchen', backend={READINGS!r})",
    )

    began = time.monotonic()
    wall.until(lambda: wall.post("kitchen", 1)[0] == 201 or None)
    assert time.monotonic() > began
