"""What a stream is on the wire: headers, methods, cursors. Against the real server."""

import json
import os
import socket
from collections.abc import Callable

import pytest

from tests.support.wall import Wall

STREAMS = ["/stream/", "/events/"]


@pytest.fixture(scope="module")
def wall(shared_wall: Wall) -> Wall:
    """Return one server for all tests of this file that do not ask for their own."""
    return shared_wall


@pytest.mark.parametrize("path", STREAMS)
def test_headers_are_those_that_proxies_and_caches_need(wall: Wall, path: str) -> None:
    with wall.events(path) as stream:
        headers = stream.headers

    assert stream.status == 200
    assert headers["content-type"] == "text/event-stream"
    assert headers["cache-control"] == "no-store, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert headers["content-encoding"] == "identity"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "unsafe" not in headers["content-security-policy"]
    assert "content-length" not in headers


@pytest.mark.parametrize("path", STREAMS)
def test_first_bytes_come_before_any_event(wall: Wall, path: str) -> None:
    with wall.events(path + "?tiles=notes" if path == "/stream/" else path) as stream:
        assert stream.parser.retry is not None or stream.read(1)

    assert stream.parser.retry is not None
    assert 1000 <= stream.parser.retry <= 5000


@pytest.mark.parametrize("path", STREAMS)
def test_head_answers_and_leaves_no_stream(wall: Wall, path: str) -> None:
    status, headers, body = wall.request("HEAD", path)

    assert status == 200
    assert headers["content-type"] == "text/event-stream"
    assert body == b""


@pytest.mark.parametrize("path", STREAMS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused_as_problems(wall: Wall, path: str, method: str) -> None:
    status, headers, body = wall.request(method, path)

    assert status == 405
    assert headers["allow"] == "GET, HEAD"
    assert json.loads(body)["status"] == 405


@pytest.mark.parametrize("path", STREAMS)
def test_accept_is_not_minded(wall: Wall, path: str) -> None:
    with wall.events(path, Accept="image/png") as stream:
        assert stream.status == 200


@pytest.mark.parametrize(
    "cursor",
    [
        "x" * 10_000,
        "\xe9\xe8",
        "-1",
        "earliest",
        "1'; DROP TABLE dashboard_logentry;--",
        "e-99999999999999999999",
    ],
)
def test_malformed_cursor_is_reset_and_then_live(wall: Wall, cursor: str) -> None:
    with wall.events("/events/?producer=readings", Last_Event_ID=cursor) as stream:
        stream.until(1, "reset")
        (posted,) = wall.post("readings", 1)[1]["ids"]
        while stream.messages[-1].last_event_id != posted:
            assert stream.read()

    reset, *events = stream.messages
    assert json.loads(reset.data)["reason"] == "malformed"
    assert {message.type for message in events} == {"readings"}


def test_foreign_future_and_trimmed_cursors_are_reset_with_their_reason(wall: Wall) -> None:
    newest = wall.post("readings", 1)[1]["ids"][0]
    epoch, _, seq = newest.rpartition("-")

    for cursor, reason in [("elsewhere-1", "foreign"), (f"{epoch}-{int(seq) + 1000}", "future")]:
        with wall.events("/events/", Last_Event_ID=cursor) as stream:
            (reset,) = stream.until(1, "reset")
        assert json.loads(reset.data)["reason"] == reason


def test_a_reset_carries_the_cursor_that_it_names(wall: Wall) -> None:
    with wall.events("/events/", Last_Event_ID="elsewhere-1") as stream:
        (reset,) = stream.until(1, "reset")

    assert reset.last_event_id == json.loads(reset.data)["after"]


def test_a_stream_without_events_moves_the_cursor(wall: Wall) -> None:
    newest = wall.post("readings", 1)[1]["ids"][0]

    with wall.events("/events/?producer=notes") as stream:
        while not stream.parser.last_event_id:
            assert stream.read(5)

    assert [message.type for message in stream.messages] == ["hb"]
    assert int(stream.parser.last_event_id.rpartition("-")[2]) >= int(newest.rpartition("-")[2])


def test_last_event_id_wins_over_since(wall: Wall) -> None:
    first, second = wall.post("readings", [1, 2])[1]["ids"]

    with wall.events("/events/?producer=readings&since=all", Last_Event_ID=first) as stream:
        (event,) = stream.until(1, "readings")

    assert event.last_event_id == second


def test_since_takes_a_span_and_refuses_what_it_cannot_read(wall: Wall) -> None:
    (posted,) = wall.post("readings", 4711)[1]["ids"]

    with wall.events("/events/?producer=readings&since=10m") as stream:
        event = stream.until_text("4711", "readings")
    status, _, body = wall.request("GET", "/events/?since=yesterday")

    assert event.last_event_id == posted
    assert status == 400
    assert "'yesterday'" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/stream/?tiles=clock,nothing", "'nothing'"),
        ("/stream/?dashboard=nothing", "'nothing'"),
        ("/events/?producer=nothing", "'nothing'"),
    ],
)
def test_unknown_names_are_told_with_the_known(wall: Wall, path: str, named: str) -> None:
    status, _, body = wall.request("GET", path)

    assert status == 404
    assert named in json.loads(body)["detail"]


def test_a_foreign_host_name_is_refused(wall: Wall) -> None:
    status, _, body = wall.request("GET", "/events/", headers={"Host": "evil.example"})

    assert status == 400
    assert json.loads(body)["title"]


def test_heartbeat_has_no_id_and_leaves_the_cursor(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(STREAM_HEARTBEAT=0.5)

    with wall.events("/stream/?tiles=notes") as stream:
        beats = stream.until(3, "hb")

    assert beats[0].data == beats[1].data
    assert stream.parser.last_event_id == ""


def test_a_client_that_leaves_is_forgotten(make_wall: Callable[..., Wall]) -> None:
    """10 rounds of 20 streams: no descriptor stays."""
    wall = make_wall()
    assert wall.process is not None
    fds = f"/proc/{wall.process.pid}/fd"

    def count() -> int:
        return len(os.listdir(fds))

    before = count()
    for _ in range(10):
        streams = [wall.events("/stream/") for _ in range(20)]
        for stream in streams:
            stream.close()

    wall.until(lambda: count() <= before + 2)


@pytest.mark.faults
def test_slow_headers_are_cut(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(INGEST_TIMEOUT=1)

    with socket.create_connection(("127.0.0.1", wall.port)) as client:
        client.settimeout(60)
        client.sendall(b"GET / HTTP/1.1\r\nHost: x")
        try:
            rest = client.recv(100)
        except ConnectionResetError:
            rest = b""

    assert rest == b""
