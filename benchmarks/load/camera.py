"""Camera: in a process of its own, one that posts a frame whenever one is due."""

import json
import socket
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import NamedTuple

from benchmarks.connection import answered


class Shot(NamedTuple):
    """A frame that was posted: when it was due and when it was answered, in seconds since 1970."""

    picture: str
    due: float
    answered: float


class Camera:
    """One connection, one frame at a time."""

    def run(self, orders: Connection) -> None:
        orders.poll(None)

    def film(self, port: int, requests: Sequence[bytes], rate: float) -> list[Shot]:
        """Post these frames, `rate` a second. Raises RuntimeError on an answer that is no 2xx."""
        shots = []
        with socket.create_connection(("127.0.0.1", port), 30) as opened:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            began = time.time()
            for number, request in enumerate(requests):
                due = began + number / rate
                if (early := due - time.time()) > 0:
                    time.sleep(early)
                opened.sendall(request)
                answer = _answer(opened)
                now = time.time()
                shots.append(Shot(json.loads(answer)["picture"], due, now))
        return shots


def _answer(opened: socket.socket) -> bytes:
    data = b""
    while not answered(data):
        more = opened.recv(65_536)
        if not more:
            raise RuntimeError("the server closed the camera's connection")
        data += more
    return data.partition(b"\r\n\r\n")[2]
