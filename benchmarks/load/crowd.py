"""Crowd: many clients of one server's stream, told what to do from here."""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

from benchmarks.load.clients import Clients, Seen
from benchmarks.load.worker import Worker

SATURATED: Final = 0.9
"""Of one core: with less to spare, the load itself may be what was measured."""


class Crowd:
    """`count` clients of GET `path`, as a context manager.

    With `tickets`, each client brings the next of them. A stream is open once the client has had
    `token`. `tiles` says what to look for in it; in one that is compressed (`gzip`) only bytes
    are counted.
    """

    def __init__(
        self,
        port: int,
        path: str,
        count: int,
        token: bytes,
        *,
        tiles: bool = False,
        gzip: bool = False,
        tickets: Sequence[str] = (),
    ) -> None:
        self._port, self._count = port, count
        cookies = [f"Cookie: eventwall_ticket={ticket}\r\n" for ticket in tickets] or [""]
        encoding = "gzip" if gzip else "identity"
        self._requests = [
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
            f"Accept-Encoding: {encoding}\r\n{cookie}\r\n".encode()
            for cookie in cookies
        ]
        self._token, self._tiles = token, tiles
        self._worker = Worker(Clients)

    def __enter__(self) -> Self:
        self._worker.__enter__()
        try:
            self.seconds = self.open()
        except BaseException:
            self._worker.__exit__()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._worker.__exit__()

    def open(self, count: int | None = None) -> float:
        """Open all streams, or `count`; return how many seconds it took."""
        arguments = (
            self._port,
            self._requests,
            count or self._count,
            self._token,
            self._tiles,
        )
        return float(self._worker.call("open", *arguments))

    def close(self) -> None:
        """Close all streams; `open` may follow."""
        self._worker.call("close")

    def forget(self) -> None:
        self._worker.call("forget")

    def seen(self) -> Seen:
        seen: Seen = self._worker.call("seen")
        return seen

    def wait(self, count: int, seconds: float) -> bool:
        """Wait until every client has had `count` events; return whether that came in time."""
        return until(lambda: self._worker.call("progress") >= count, seconds)


def until(done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
