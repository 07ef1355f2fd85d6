"""Clients that leave: politely, rudely, or without a word, against the real server."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import cable
from tests.support.stalled import QUIET, connections, post_notes, probe, request, reset, streams
from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

MEGABYTE = 1_000_000


def leave_by_fin(client: socket.socket) -> None:
    client.close()


def leave_by_half_close(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("leave", [leave_by_fin, reset, leave_by_half_close])
def test_a_client_that_leaves_is_noticed_at_once(
    quiet_wall: Callable[..., Wall], leave: Callable[[socket.socket], None]
) -> None:
    wall = quiet_wall(STREAM_HEARTBEAT=10)
    before = probe(wall)
    clients = [request(wall.port, path) for path in ("/events/", "/stream/") * 10]
    wall.until(lambda: streams(wall) == 20)

    # No heartbeat comes to help: it is the connection itself that tells.
    with wall.events("/events/") as observer:
        observer.until(2, "hb")
        for client in clients:
            leave(client)
        wall.until(lambda: streams(wall) == 1, within=8)
    after = wall.until(lambda: probe(wall)["streams"] == 0 and probe(wall))

    assert after["audiences"] == 0
    wall.until(lambda: probe(wall)["tasks"] <= before["tasks"])
    for client in clients:
        client.close()


def test_a_client_that_pipelines_and_leaves_is_gone_within_four_heartbeats(
    quiet_wall: Callable[..., Wall],
) -> None:
    wall = quiet_wall(STREAM_HEARTBEAT=0.5)
    before = probe(wall)
    clients = [
        request(wall.port, path, times=times)
        for path in ("/events/", "/stream/")
        for times in (2, 3, 5) * 4
    ]
    wall.until(lambda: streams(wall) == 24)

    for client in clients:
        client.close()
    wall.until(lambda: streams(wall) == 0)

    wall.until(lambda: connections(wall) == 0)
    wall.until(lambda: probe(wall)["tasks"] <= before["tasks"])
    assert "rror" not in wall.log.read_text()


def test_clients_that_leave_in_a_replay_cost_nothing_more(
    quiet_wall: Callable[..., Wall],
) -> None:
    wall = quiet_wall(STREAM_WINDOW=100)
    for _ in range(50):
        post_notes(wall, 1000, length=50)
    before = probe(wall)

    for _ in range(5):
        clients = [
            request(wall.port, "/events/?since=all", receive_buffer=65536) for _ in range(20)
        ]
        for client in clients:
            assert client.recv(100)
            client.close()
        assert wall.request("GET", "/healthz")[0] == 200
    after = wall.until(lambda: probe(wall)["tasks"] <= before["tasks"] and probe(wall))

    # To read on for a hundred clients that have left would take half a minute.
    assert after["cpu"] - before["cpu"] < 5
    assert after["resident"] - before["resident"] < 20 * MEGABYTE
    assert "Traceback" not in wall.log.read_text()


def test_a_pulled_cable_is_noticed_within_30_seconds(tmp_path: Path) -> None:
    if not cable.can_be_laid():
        pytest.skip("network namespaces need root and iproute2")
    settings = {
        "PRODUCERS": QUIET,
        "ROOT_URLCONF": "tests.support.probe",
        "ALLOWED_HOSTS": [cable.HOST],
        "STREAM_HEARTBEAT": 1,
        # The kernel's notice is what is tried, not the one of a full buffer.
        "STREAM_STALL": 120,
    }
    with cable.Cable() as laid:
        wall = Wall(tmp_path / "wall", settings)
        wall.host = cable.HOST
        wall.start()
        clients = []
        try:
            clients = [laid.open_stream(wall.port, path) for path in ("/events/", "/stream/")]
            wall.until(lambda: streams(wall) == 2)

            laid.pull()
            wall.until(lambda: streams(wall) == 0)

            wall.until(lambda: connections(wall) == 0)
        finally:
            wall.stop()
            for client in clients:
                client.kill()
                client.communicate()
