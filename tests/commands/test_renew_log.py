"""A backup restored while nothing runs: `manage.py renew_log` keeps ids from meaning two things."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

from tests.support.wall import Wall


def ids_of(wall: Wall, *values: object) -> list[str]:
    status, answer = wall.post("readings", list(values))
    assert status == 201
    return list(answer["ids"])


def test_a_client_of_the_log_that_was_is_reset_and_reads_the_one_that_is(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall(PRODUCERS={"readings": {"BACKEND": "producers.readings.ReadingsProducer"}})
    ids_of(wall, 1, 2)
    backup = wall.directory / "backup.sqlite3"
    with closing(sqlite3.connect(wall.database)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    lost = ids_of(wall, 3, 4)
    wall.stop()
    for file in wall.directory.glob("eventwall.sqlite3*"):
        file.unlink()
    backup.rename(wall.database)

    said = wall.manage("renew_log")
    wall.start()
    again = ids_of(wall, 5, 6)

    assert said.count(lost[0].partition("-")[0]) == 1
    assert set(again).isdisjoint(lost)
    with wall.events("/events/?producer=readings", Last_Event_ID=lost[-1]) as resumed:
        resumed.until(4, "readings")
    reset, *events = resumed.messages
    assert reset.type == "reset"
    assert json.loads(reset.data)["reason"] == "foreign"
    assert [json.loads(event.data)["data"]["value"] for event in events] == [1, 2, 5, 6]


def test_a_server_that_runs_resets_its_streams(wall: Wall) -> None:
    (last,) = ids_of(wall, 1)
    with wall.events("/events/?producer=readings", Last_Event_ID=last) as stream:
        wall.manage("renew_log")
        while stream.read(10):
            pass

    with wall.events("/events/?producer=readings", Last_Event_ID=last) as resumed:
        resumed.until(1, "reset")
        (event,) = resumed.until(1, "readings")

    assert stream.ended
    assert event.last_event_id.rpartition("-")[0] != last.rpartition("-")[0]


def test_what_cannot_be_renewed_is_told(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(EVENT_LOG={"BACKEND": "dashboard.log.memory.MemoryLog"})

    said = wall.manage("renew_log", check=False)

    assert "EVENT_LOG is MemoryLog" in said
    assert "Traceback" not in said
