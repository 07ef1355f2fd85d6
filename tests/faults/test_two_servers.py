"""A second server on one database: both say so at once, and so does who is asked."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Wall, Wall]]:
    """Return two servers that are to run on the database of the first."""
    walls = Wall(tmp_path / "one", {}), Wall(tmp_path / "two", {})
    walls[1].environment["EVENTWALL_DATA_DIR"] = str(walls[0].directory)
    yield walls
    for wall in walls:
        if wall.process is not None:
            wall.stop()


def readyz(wall: Wall) -> tuple[int, dict[str, object]]:
    status, _, body = wall.request("GET", "/readyz")
    return status, json.loads(body)


def says(wall: Wall) -> bool:
    return "another server runs on this log" in wall.log.read_text()


def test_both_say_so_and_so_do_readyz_and_the_doctor(two: tuple[Wall, Wall]) -> None:
    one, other = two
    one.start()
    command = one.manage("ingest_token", "create", "door", "--producer", "notes")
    other.start()
    for wall, second in ((one, other), (other, one)):
        wall.until(partial(says, wall))
        line = next(line for line in wall.log.read_text().splitlines() if "another server" in line)
        assert second.url in line
        assert readyz(wall) == (
            200,
            {
                "status": "degraded",
                "misconfigured": [],
                "servers": "2 run on this log, so every event is made as often",
            },
        )
    told = one.manage("doctor", check=False)

    other.stop()
    one.until(lambda: readyz(one)[1]["status"] == "ok")

    assert f"curl {one.url}/ingest/notes" in command
    assert "servers: 2 run on one log" in told
    assert one.url in told
    assert other.url in told
    assert "Stop all but one." in told
    assert "the other server is gone" in one.log.read_text()
