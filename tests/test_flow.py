"""From a POST to the bytes in an open stream, through the real server."""

import json
from collections.abc import Callable

import pytest

from tests.support.wall import Wall


@pytest.fixture(scope="module")
def wall(shared_wall: Wall) -> Wall:
    """Return one server for all tests of this file that do not ask for their own."""
    return shared_wall


def test_post_reaches_both_streams_and_the_page(wall: Wall) -> None:
    with wall.events("/events/") as events, wall.events("/stream/") as tiles:
        tiles.until(1, "readings")

        status, answer = wall.post("readings", {"value": 21.4, "unit": "°C"})

        (event,) = events.until(1, "readings")
        tile = tiles.until(2, "readings")[-1]

    assert status == 201
    assert event.last_event_id == answer["ids"][0]
    cloudevent = json.loads(event.data)
    assert cloudevent["specversion"] == "1.0"
    assert cloudevent["id"] == answer["ids"][0]
    assert cloudevent["source"] == "/producers/readings/"
    assert cloudevent["data"] == {"value": 21.4, "unit": "°C"}
    assert "21.4" in tile.data
    assert "21.4" in wall.request("GET", "/")[2].decode()


@pytest.mark.parametrize("name", ["", "/", "/room/kitchen", "/%3Cb%3Ex%3C%2Fb%3E/"])
def test_what_can_be_no_name_is_refused_as_all_is(wall: Wall, name: str) -> None:
    token = {"Authorization": f"Bearer {wall.token}"}

    for headers, refused in ((token, 400), ({}, 401)):
        status, fields, body = wall.request("POST", f"/ingest{name}", "21.4", headers)
        assert (status, fields["content-type"]) == (refused, "application/problem+json")
        assert json.loads(body)["status"] == refused


def test_every_producer_of_the_site_has_a_tile_in_the_snapshot(wall: Wall) -> None:
    with wall.events("/stream/") as tiles:
        for name in ("hb", "clock", "host", "readings", "notes"):
            tiles.until(1, name)


def test_send_from_another_process_is_on_the_stream(wall: Wall) -> None:
    with wall.events("/events/?producer=notes") as events:
        printed = wall.manage("send", "notes", "the", "door", "is", "open")

        (event,) = events.until(1, "notes")

    assert event.last_event_id == printed.strip()
    assert json.loads(event.data)["data"]["text"] == "the door is open"


def test_a_cut_stream_resumes_without_loss_or_repeat(wall: Wall) -> None:
    sent, got = [], []
    with wall.events("/events/?producer=readings") as events:
        for value in range(5):
            sent += wall.post("readings", value)[1]["ids"]
        got += [message.last_event_id for message in events.until(5, "readings")]
    for value in range(5, 10):
        sent += wall.post("readings", value)[1]["ids"]

    with wall.events("/events/?producer=readings", Last_Event_ID=got[-1]) as events:
        sent += wall.post("readings", 10)[1]["ids"]
        got += [message.last_event_id for message in events.until(6, "readings")]

    assert got == sent


def test_since_all_replays_what_came_before_and_goes_on_live(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall()
    batch = wall.post("readings", [1, 2, 3])[1]["ids"]

    with wall.events("/events/?producer=readings&since=all") as events:
        events.until(3, "readings")
        batch += wall.post("readings", 4)[1]["ids"]
        got = [message.last_event_id for message in events.until(4, "readings")]

    assert got == batch


def test_a_restart_keeps_what_was_acknowledged_and_the_epoch(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall()
    first = wall.post("readings", 1)[1]["ids"][0]
    wall.kill()
    wall.start()

    with wall.events("/events/?producer=readings", Last_Event_ID=first) as events:
        second = wall.post("readings", 2)[1]["ids"][0]
        (event,) = events.until(1, "readings")

    assert event.last_event_id == second
    assert events.of("reset") == []


def test_a_deleted_database_resets_and_goes_on(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall()
    first = wall.post("readings", 1)[1]["ids"][0]
    wall.stop()
    for file in wall.directory.glob("eventwall.sqlite3*"):
        file.unlink()
    wall.manage("migrate", "--verbosity", "0")
    wall.start()

    with wall.events("/events/?producer=readings", Last_Event_ID=first) as events:
        second = wall.post("readings", 2)[1]["ids"][0]
        events.until(1, "readings")

    assert [message.type for message in events.messages[:2]] == ["reset", "readings"]
    assert json.loads(events.messages[0].data)["reason"] == "foreign"
    assert events.messages[1].last_event_id == second


def test_clock_ticks_on_the_wall(make_wall: Callable[..., Wall]) -> None:
    fast = {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 1}}
    wall = make_wall(PRODUCERS={"clock": fast})

    with wall.events("/stream/") as tiles:
        ticks = {message.data for message in tiles.until(4, "clock")}

    assert len(ticks) >= 3
