"""Viewers: in a process of their own, many that watch a stream and fetch the pictures it names.

Each does what a browser does: it keeps the stream open, fetches a picture that it does not have
over a second connection, which it keeps, and does not fetch it again.
"""

import re
import select
import socket
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

from benchmarks.load.worker import Busy

_PICTURE: Final = re.compile(rb'"(/pictures/[^"]+)"')
_LONGEST: Final = 256
"""Bytes of a picture's URL that two reads may have split."""
_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class Fetched(NamedTuple):
    """A picture that one viewer has got whole, and when, in seconds since 1970."""

    url: str
    at: float


class Watched(NamedTuple):
    """What all viewers together got since `forget`."""

    fetched: list[Fetched]
    received: int
    """Bytes: streams and pictures."""
    busy: float
    """What the viewers' process used of one core."""


@dataclass(slots=True)
class Viewer:
    stream: socket.socket
    pictures: socket.socket
    tail: bytes = b""
    known: set[bytes] = field(default_factory=set)
    wanted: deque[bytes] = field(default_factory=deque)
    head: bytes = b""
    left: int = 0
    """Bytes of the picture that comes, once its head is there."""


class Viewers:
    """One thread around epoll."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._buffer = bytearray(1 << 20)
        self._viewers: dict[int, Viewer] = {}
        self._fetched: list[Fetched] = []
        self._received = 0
        self._busy = Busy()

    def run(self, orders: Connection) -> None:
        order = orders.fileno()
        self._epoll.register(order, select.EPOLLIN)
        try:
            while order not in (ready := [found for found, _ in self._epoll.poll()]):
                for descriptor in ready:
                    self._read(descriptor)
        finally:
            self._epoll.unregister(order)

    def open(self, port: int, path: str, count: int) -> None:
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
        for _ in range(count):
            stream, pictures = (socket.create_connection(("127.0.0.1", port), 30) for _ in "ab")
            stream.sendall(request.encode())
            viewer = Viewer(stream, pictures)
            for opened in (stream, pictures):
                opened.setblocking(False)
                self._viewers[opened.fileno()] = viewer
                self._epoll.register(opened.fileno(), select.EPOLLIN)

    def forget(self) -> None:
        """Count from zero again; what the viewers have, they have."""
        self._fetched, self._received, self._busy = [], 0, Busy()

    def watched(self) -> Watched:
        return Watched(self._fetched, self._received, self._busy.share)

    def _read(self, descriptor: int) -> None:
        viewer = self._viewers[descriptor]
        of_stream = descriptor == viewer.stream.fileno()
        opened = viewer.stream if of_stream else viewer.pictures
        size = opened.recv_into(self._buffer)
        if not size:
            raise RuntimeError("the server closed a viewer's connection")
        self._received += size
        data = bytes(self._buffer[:size])
        if of_stream:
            self._look(viewer, viewer.tail + data)
        else:
            self._take(viewer, data)

    def _look(self, viewer: Viewer, data: bytes) -> None:
        viewer.tail = data[-_LONGEST:]
        for url in _PICTURE.findall(data):
            if url not in viewer.known:
                viewer.known.add(url)
                viewer.wanted.append(url)
                if len(viewer.wanted) == 1:
                    self._ask(viewer)

    def _ask(self, viewer: Viewer) -> None:
        url = viewer.wanted[0]
        viewer.pictures.sendall(b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % url)

    def _take(self, viewer: Viewer, data: bytes) -> None:
        if viewer.left:
            viewer.left -= len(data)
        else:
            viewer.head += data
            head, found, body = viewer.head.partition(b"\r\n\r\n")
            if not found:
                return
            length = _LENGTH.search(head)
            if length is None or not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"a picture was answered with {head[:500]!r}")
            viewer.head, viewer.left = b"", int(length[1]) - len(body)
        if not viewer.left:
            self._fetched.append(Fetched(viewer.wanted.popleft().decode(), time.time()))
            if viewer.wanted:
                self._ask(viewer)
