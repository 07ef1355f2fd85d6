"""Streams: many clients that read /events/ on loopback, and what they saw."""

import asyncio
import re
import time
from typing import Any

_TIMES = re.compile(rb'"value":(\d+\.\d+)')
_IDS = re.compile(rb"^id: [^-\n]+-(\d+)\nevent: readings", re.M)


class Client(asyncio.Protocol):
    """Counts events; of one in `sample` clients also their ids and ages."""

    def __init__(self, path: str, *, sampled: bool) -> None:
        self._path = path
        self._sampled = sampled
        self.count = 0
        self.ids: list[int] = []
        self.ages: list[float] = []
        self.opened = asyncio.get_running_loop().create_future()
        self._tail = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            self.opened.set_result(None)
        self.count += data.count(b"event: readings\n")
        if self._sampled:
            now = time.time()
            self.ages += [now - float(sent) for sent in _TIMES.findall(data)]
            self.ids += map(int, _IDS.findall(data))


async def connect(port: int, path: str, count: int, sample: int = 50) -> list[Client]:
    """Open `count` streams, 100 at a time, and return once each has had its first byte."""
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    for start in range(0, count, 100):
        batch = [
            Client(path, sampled=number % sample == 0)
            for number in range(start, min(start + 100, count))
        ]
        for client in batch:
            await loop.create_connection(lambda c=client: c, "127.0.0.1", port)  # type: ignore[misc]
        await asyncio.wait_for(asyncio.gather(*(c.opened for c in batch)), 30)
        clients += batch
    return clients


def close(clients: list[Client]) -> None:
    for client in clients:
        client.transport.close()
