"""Clients that behave badly, by hand: sockets that read nothing, or leave in an odd way."""

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

import psutil

from tests.support.wall import Wall

QUIET: Mapping[str, Any] = {
    "notes": {"BACKEND": "producers.notes.NotesProducer"},
    "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
}
"""PRODUCERS that speak only when something is posted."""
AT_ONCE: Mapping[str, Any] = {
    "main": {"tiles": [{"producer": alias, "options": {"refresh": 0.1}} for alias in QUIET]}
}
"""DASHBOARDS whose tiles are drawn again as fast as anything is posted."""


def request(port: int, path: str, *, receive_buffer: int = 4096, times: int = 1) -> socket.socket:
    """Send a GET (`times` in one go) on a socket of which nothing is read, and return it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(20)
    client.connect(("127.0.0.1", port))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() * times)
    return client


def reset(client: socket.socket) -> None:
    """Close with RST instead of FIN."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def probe(wall: Wall) -> dict[str, Any]:
    """Return what the server holds; it needs ROOT_URLCONF "tests.support.probe"."""
    answer: dict[str, Any] = json.loads(wall.request("GET", "/probe/")[2])
    return answer


def streams(wall: Wall) -> int:
    """Return the streams that the hub of `wall` writes to."""
    return int(probe(wall)["streams"])


def connections(wall: Wall) -> int:
    """Return how many connections the server's process holds."""
    assert wall.process is not None
    held = psutil.Process(wall.process.pid).net_connections("tcp")
    return sum(connection.status != psutil.CONN_LISTEN for connection in held)


def post_notes(wall: Wall, count: int, length: int = 1000) -> list[str]:
    """Post `count` notes of `length` characters in one batch; return their ids."""
    status, answer = wall.post(
        "notes", [{"text": f"{n} ".ljust(length, "x")} for n in range(count)]
    )
    assert status == 201, answer
    ids: list[str] = answer["ids"]
    return ids
