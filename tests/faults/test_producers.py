"""A producer misbehaves; the others, the streams and the pages go on."""

import json
import re
import sqlite3
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.support.event_source import EventSource
from tests.support.wall import Wall

pytestmark = pytest.mark.faults

CLOCK = {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 0.2}}
BAD = textwrap.dedent(
    """
    import time
    from producers.base import Producer

    class Raises(Producer):
        async def events(self):
            yield {"text": "about to fail"}
            raise RuntimeError("the sensor is on fire")

    class Blocks(Producer):
        async def events(self):
            yield {"text": "about to block"}
            time.sleep(60)

    class Spins(Producer):
        async def events(self):
            yield {"text": "about to spin"}
            while True:
                pass

    class Careless(Producer):
        async def events(self):
            while True:
                yield {"value": float("nan")}
                await self.sleep(0.1)

    class Huge(Producer):
        async def events(self):
            yield {"text": "x" * 10_000_000}
            yield {"text": "what came after"}
            while True:
                await self.sleep(1)
    """
)


@pytest.fixture
def wall_with(make_wall: Callable[..., Wall], tmp_path: Path) -> Callable[..., Wall]:
    """Return a function that starts a wall with a good clock and one bad producer."""
    (tmp_path / "bad_producers.py").write_text(BAD)

    def start(backend: str) -> Wall:
        return make_wall(
            PRODUCERS={"bad": {"BACKEND": backend}, "clock": CLOCK, "notes": NOTES},
        )

    return start


NOTES = {"BACKEND": "producers.notes.NotesProducer"}


def test_one_that_raises_is_restarted_and_seen(wall_with: Callable[..., Wall]) -> None:
    wall = wall_with("bad_producers.Raises")

    with wall.events("/stream/") as stream:
        wall.until(
            lambda: any("on fire" in m.data for m in stream.of("bad")) or (stream.read(1) and None)
        )
        ticks = len(stream.of("clock"))
        stream.until(ticks + 5, "clock")

    assert "RuntimeError" in wall.request("GET", "/producers/bad/")[2].decode()
    assert "RuntimeError" in wall.manage("producers")


def held(stream: EventSource) -> list[int]:
    """Return the seconds that the tile has said so far, each once."""
    said = "".join(message.data for message in stream.of("bad"))
    return [*dict.fromkeys(map(int, re.findall(r" in events \((\d+) s\)", said)))]


def test_one_whose_events_are_all_dropped_says_so_on_its_tile(
    wall_with: Callable[..., Wall],
) -> None:
    wall = wall_with("bad_producers.Careless")

    with wall.events("/stream/?tiles=bad") as stream:
        frame = stream.until_text("drops events", "bad")

    assert "dropped an event" in frame.data


def test_one_that_waits_for_the_log_says_so_on_its_tile(wall_with: Callable[..., Wall]) -> None:
    """Which the log cannot carry: the page hears it nevertheless, and that it is over."""
    wall = wall_with("producers.system.SystemProducer")

    with wall.events("/stream/?tiles=clock") as stream:
        stream.until(3, "clock")
        with locked(wall):
            stream.until_text("waits for the log", "clock")
        wall.until(lambda: "waits" not in stream.of("clock")[-1].data or (stream.read(1) and None))


@contextmanager
def locked(wall: Wall) -> Iterator[None]:
    """Hold the log's database as another process may."""
    with closing(sqlite3.connect(wall.database, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        yield
        database.execute("ROLLBACK")


@pytest.mark.parametrize("backend", ["bad_producers.Blocks", "bad_producers.Spins"])
def test_one_that_blocks_is_named_and_stops_nobody(
    wall_with: Callable[..., Wall], backend: str
) -> None:
    wall = wall_with(backend)

    with wall.events("/stream/") as stream:
        wall.until(lambda: "bad_producers.py" in wall.log.read_text())
        ticks = len(stream.of("clock"))
        stream.until(ticks + 5, "clock")
        status, _ = wall.post("notes", {"text": "still here"})
        wall.until(lambda: len(held(stream)) >= 2 or (stream.read(1) and None))

    assert status == 201
    assert held(stream) == sorted(held(stream))
    assert "blocks" in wall.manage("producers")


def test_one_that_is_too_large_is_refused_and_goes_on(wall_with: Callable[..., Wall]) -> None:
    wall = wall_with("bad_producers.Huge")

    with wall.events("/events/?producer=bad&since=all") as stream:
        (event,) = stream.until(1, "bad")

    assert json.loads(event.data)["data"] == {"text": "what came after"}


@pytest.mark.parametrize(
    "backend", ["nowhere.Nothing", "producers.clock.Nothing", "producers.names.LEGAL_NAME"]
)
def test_one_that_cannot_be_loaded_is_named_and_the_others_start(
    wall_with: Callable[..., Wall], backend: str
) -> None:
    wall = wall_with(backend)

    status, _, ready = wall.request("GET", "/readyz")
    checked = wall.manage("check", check=False)
    with wall.events("/events/?producer=clock") as stream:
        stream.until(2, "clock")

    assert status == 200
    assert json.loads(ready) == {"status": "degraded", "misconfigured": ["bad"]}
    assert "producers.E" in checked
    assert "'bad'" in checked
    assert backend in checked
