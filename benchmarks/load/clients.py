"""Clients: in a process of their own, many that read streams and note what they see."""

import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Final

from benchmarks import marks
from benchmarks.load.worker import Busy

SAMPLE: Final = 20
"""Of every so many clients, one reads each event's number and age; all of them count."""
_IN_FLIGHT: Final = 64
"""Connects under way at once."""
_FROM_ONE: Final = 500
"""Connections from one loopback address: a server may allow a single client only so many."""
_BIND_ADDRESS_NO_PORT: Final = 24
"""Of Linux's <netinet/in.h>: choose the port at connect. At bind, the kernel would search for one
that no closed connection of the last minute had, and that search becomes what is measured."""
_OPEN_WITHIN: Final = 60.0
"""Seconds for all streams."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the clients saw since `forget`."""

    least: int
    most: int
    total: int
    gone: int
    """Clients whose connection the server ended."""
    numbers: list[list[int]]
    """Of each sampled client, the events' numbers as they came."""
    ages: list[float]
    chunks: float
    """HTTP chunks that a sampled client got, on average: the server's writes."""
    received: int
    """Bytes."""
    busy: float
    """What the clients' process used of one core."""

    @property
    def in_order(self) -> bool:
        """Each sampled client: every number once, none missing between the first and the last."""
        return all(
            seen == list(range(seen[0], seen[0] + len(seen))) for seen in self.numbers if seen
        )


@dataclass(slots=True)
class Client:
    socket: socket.socket
    sampled: bool
    ready: bool = False
    count: int = 0
    received: int = 0
    chunks: int = 0
    tail: bytes = b""
    numbers: list[int] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)


class Clients:
    """One thread around epoll: a Python reader that costs less than most servers' writes."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._buffer = bytearray(1 << 20)
        self._clients: dict[int, Client] = {}
        self._opening = 0
        self._gone = 0
        self._token = b""
        self._tiles = False
        self._busy = Busy()

    def run(self, orders: Connection) -> None:
        order = orders.fileno()
        self._epoll.register(order, select.EPOLLIN)
        try:
            while not self._read(order):
                pass
        finally:
            self._epoll.unregister(order)

    def open(
        self, port: int, requests: Sequence[bytes], count: int, token: bytes, tiles: bool
    ) -> float:
        """Open `count` streams, by these requests in turn; return the seconds.

        A stream is open once it has had `token`.
        Raises RuntimeError if the server ends one before, or takes too long.
        """
        self._token, self._tiles = token, tiles
        began = time.monotonic()
        for number in range(count):
            self._connect(port, requests[number % len(requests)], number)
            self._await_open(_IN_FLIGHT, began)
        self._await_open(1, began)
        return time.monotonic() - began

    def progress(self) -> int:
        """Return how many events the client has that has the fewest."""
        return min(client.count for client in self._clients.values())

    def forget(self) -> None:
        """Count from zero again."""
        for client in self._clients.values():
            client.count = client.received = client.chunks = 0
            client.numbers, client.ages = [], []
        self._busy = Busy()

    def seen(self) -> Seen:
        clients = self._clients.values()
        sampled = [client for client in clients if client.sampled]
        counts = [client.count for client in clients]
        return Seen(
            least=min(counts),
            most=max(counts),
            total=sum(counts),
            gone=self._gone,
            numbers=[client.numbers for client in sampled],
            ages=[age for client in sampled for age in client.ages],
            chunks=sum(client.chunks for client in sampled) / len(sampled),
            received=sum(client.received for client in clients),
            busy=self._busy.share,
        )

    def close(self) -> None:
        for client in self._clients.values():
            client.socket.close()
        self._clients.clear()
        self._gone = self._opening = 0

    def _await_open(self, fewer: int, began: float) -> None:
        while self._opening >= fewer:
            self._read()
            if time.monotonic() - began > _OPEN_WITHIN:
                raise RuntimeError(f"streams were not open after {_OPEN_WITHIN:g} s")

    def _connect(self, port: int, request: bytes, number: int) -> None:
        source = f"127.0.0.{1 + number // _FROM_ONE}"
        opened = socket.socket()
        opened.settimeout(30)
        opened.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
        opened.bind((source, 0))
        opened.connect(("127.0.0.1", port))
        opened.setblocking(False)
        opened.sendall(request)
        self._clients[opened.fileno()] = Client(opened, sampled=number % SAMPLE == 0)
        self._opening += 1
        self._epoll.register(opened.fileno(), select.EPOLLIN)

    def _read(self, order: int = -1) -> bool:
        """Read what has come; return whether the pipe `order` has something too."""
        ordered = False
        for descriptor, _ in self._epoll.poll(1):
            if descriptor == order:
                ordered = True
                continue
            client = self._clients[descriptor]
            try:
                size = client.socket.recv_into(self._buffer)
            except BlockingIOError:
                continue
            except OSError:
                size = 0
            if size:
                self._take(client, size)
            else:
                self._epoll.unregister(descriptor)
                self._gone += 1
                if not client.ready:
                    raise RuntimeError("the server ended a stream that was hardly open")
        return ordered

    def _take(self, client: Client, size: int) -> None:
        client.count += self._buffer.count(marks.SIGN, 0, size)
        client.received += size
        if client.sampled or not client.ready:
            data = client.tail + self._buffer[:size]
            if not client.ready:
                self._open_up(client, data)
            if client.sampled:
                self._note(client, data)
            elif client.ready:
                client.tail = b""

    def _open_up(self, client: Client, data: bytes) -> None:
        client.ready = self._token in data
        self._opening -= client.ready
        client.tail = data[-len(self._token) :]

    def _note(self, client: Client, data: bytes) -> None:
        now = marks.clock()
        client.chunks += data.count(b"\r\n", len(client.tail)) // 2
        end = 0
        if self._tiles:
            for found in marks.IN_TILE.finditer(data):
                client.ages.append(marks.age(int(found[1]), now))
                end = found.end()
        else:
            for found in marks.IN_EVENT.finditer(data):
                client.numbers.append(int(found[1]))
                client.ages.append(marks.age(int(found[2]), now))
                end = found.end()
        client.tail = data[max(end, len(data) - 64) :]
