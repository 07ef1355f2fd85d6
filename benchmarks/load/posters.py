"""Posters: in a process of their own, connections that each post as soon as they are answered."""

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeAlias

from benchmarks.connection import answered
from benchmarks.load.worker import Busy

Next: TypeAlias = Callable[[int], bytes]
"""Makes the next request; it is given how many were made before."""


@dataclass(frozen=True, slots=True)
class ParsedBody:
    """How long each POST took to be answered, and what the posting cost."""

    seconds: list[float]
    took: float
    busy: float
    """What the posters' process used of one core."""

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.took


class Posters:
    """One thread around epoll."""

    def run(self, orders: Connection) -> None:
        orders.poll(None)

    def post(self, port: int, connections: int, seconds: float, following: Next) -> ParsedBody:
        """Post for `seconds`. Raises RuntimeError on an answer that is no 2xx."""
        epoll = select.epoll()
        sockets = {s.fileno(): s for s in (_connect(port) for _ in range(connections))}
        began: dict[int, float] = {}
        answers = dict.fromkeys(sockets, b"")
        made, taken = 0, []
        for descriptor, opened in sockets.items():
            epoll.register(descriptor, select.EPOLLIN)
            began[descriptor] = time.perf_counter()
            opened.sendall(following(made))
            made += 1
        busy, start = Busy(), time.perf_counter()
        until = start + seconds
        while began:
            for descriptor, _ in epoll.poll(30):
                data = sockets[descriptor].recv(65_536)
                if not data:
                    raise RuntimeError("the server closed a POST's connection")
                answers[descriptor] += data
                if not answered(answers[descriptor]):
                    continue
                answers[descriptor] = b""
                now = time.perf_counter()
                taken.append(now - began.pop(descriptor))
                if now < until:
                    request = following(made)
                    made += 1
                    began[descriptor] = time.perf_counter()
                    sockets[descriptor].sendall(request)
        posted = ParsedBody(taken, time.perf_counter() - start, busy.share)
        for opened in sockets.values():
            opened.close()
        epoll.close()
        return posted


def _connect(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), 30)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened
