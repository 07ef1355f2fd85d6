"""Swarm: many clients of one stream in one process, each reading and coming back as a browser
would."""

import asyncio
import re
import resource
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any, Self

_SIZE = re.compile(rb"([0-9a-f]+)\r\n")


class Follower(asyncio.Protocol):
    """One client of an event stream: notes what it saw, comes back with its cursor.

    It waits as long as `retry:` told it before it comes back, and knows of each connection
    whether it ended as HTTP says (`ends`) or was torn (`torn`).
    """

    def __init__(self, port: int, path: str, *, receive_buffer: int | None = None) -> None:
        self._port = port
        self._path = path
        self._receive_buffer = receive_buffer
        self._coming_back: asyncio.TimerHandle | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None
        self.cursor = ""
        self.ids: list[str] = []
        self.retry: int | None = None
        self.resets = 0
        self.opened = 0
        self.ends: list[float] = []
        self.torn = 0
        self.comes_back = True
        self.is_open = False
        self.received = 0
        self._raw = b""

    async def connect(self) -> None:
        """Send the request; whoever refuses the connection is asked again later."""
        loop = asyncio.get_running_loop()
        ours = socket.socket()
        ours.setblocking(False)
        if self._receive_buffer is not None:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        try:
            await loop.sock_connect(ours, ("127.0.0.1", self._port))
            await loop.create_connection(lambda: self, sock=ours)
        except OSError:
            ours.close()
            self._come_back()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._raw = self._text = b""
        self._in_head = True
        self._ended = False
        lines = [f"GET {self._path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/event-stream"]
        if self.cursor:
            lines.append(f"Last-Event-ID: {self.cursor}")
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        self._raw += data
        if self._in_head:
            head, mark, rest = self._raw.partition(b"\r\n\r\n")
            if not mark:
                return
            assert head.startswith(b"HTTP/1.1 200 "), head
            self._in_head = False
            self._raw = rest
        body = self._dechunk()
        if body:
            if not self.is_open:
                self.is_open = True
                self.opened += 1
            *blocks, self._text = (self._text + body).split(b"\n\n")
            for block in blocks:
                self._take(block)
        if self._ended:
            self.ends.append(time.monotonic())
            assert self._transport is not None
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        # One that never was a stream, or was closed from here, is not torn.
        self.torn += self.is_open and self.comes_back and not self._ended
        self.is_open = False
        self._transport = None
        self._come_back()

    def pause(self) -> None:
        """Read no more."""
        assert self._transport is not None
        self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    def close(self) -> None:
        self.comes_back = False
        if self._coming_back is not None:
            self._coming_back.cancel()
        if self._transport is not None:
            self._transport.abort()

    def _come_back(self) -> None:
        if self.comes_back:
            loop = asyncio.get_running_loop()
            self._coming_back = loop.call_later((self.retry or 1000) / 1000, self._connect_again)

    def _connect_again(self) -> None:
        self._connecting = asyncio.ensure_future(self.connect())

    def _dechunk(self) -> bytes:
        pieces, at = [], 0
        while found := _SIZE.match(self._raw, at):
            size = int(found[1], 16)
            end = found.end() + size
            if len(self._raw) < end + 2:
                break
            if size == 0:
                self._ended = True
            pieces.append(self._raw[found.end() : end])
            at = end + 2
        self._raw = self._raw[at:]
        return b"".join(pieces)

    def _take(self, block: bytes) -> None:
        """Take a block; in ours a retry is the first line, then comes the id, then the event."""
        if block.startswith(b"retry: "):
            line, _, block = block.partition(b"\n")
            self.retry = int(line[7:])
        if block.startswith(b"id: "):
            line, _, block = block.partition(b"\n")
            self.cursor = line[4:].decode()
            if not block.startswith((b"event: hb", b"event: reset")):
                self.ids.append(self.cursor)
        if block.startswith(b"event: reset"):
            self.resets += 1


class Swarm:
    """Followers of one server. Use it as an async context manager, so that they are closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.followers: list[Follower] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        for follower in self.followers:
            follower.close()
        # The transports that were aborted close in the loop's next round.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def __len__(self) -> int:
        """How many are connected and have had their first bytes."""
        return sum(follower.is_open for follower in self.followers)

    async def join(
        self, count: int, path: str = "/events/?producer=notes", **options: Any
    ) -> list[Follower]:
        """Connect `count` more; return them once each has had its first bytes."""
        joined = [Follower(self._port, path, **options) for _ in range(count)]
        self.followers += joined
        for start in range(0, count, 200):
            batch = joined[start : start + 200]
            await asyncio.gather(*(follower.connect() for follower in batch))
            await self.until(lambda batch=batch: all(f.opened for f in batch))  # type: ignore[misc]
        return joined

    async def until(self, condition: Callable[[], bool], within: float = 30) -> float:
        """Wait until `condition` is true; return after how many seconds; fail if it is not."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < within, self.told()
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    async def until_all_have(self, last: str, within: float = 60) -> None:
        """Wait until each has had the event with this id."""
        await self.until(lambda: all(f.ids[-1:] == [last] for f in self.followers), within)

    def told(self) -> str:
        """Return how the followers are, for a message."""
        return (
            f"{len(self)} of {len(self.followers)} open; "
            f"{sum(len(f.ends) for f in self.followers)} ends, "
            f"{sum(f.torn for f in self.followers)} torn, "
            f"{sum(f.resets for f in self.followers)} resets; "
            f"events seen: {sorted({len(f.ids) for f in self.followers})[:10]}"
        )


def faults(followers: Iterable[Follower], expected: list[str]) -> list[str]:
    """Return what any of them missed, saw twice or out of order: [] when nothing."""
    found = []
    for number, follower in enumerate(followers):
        if follower.resets:
            found.append(f"{number} was reset")
        if follower.ids != expected:
            missed = [entry_id for entry_id in expected if entry_id not in set(follower.ids)]
            found.append(
                f"{number} saw {len(follower.ids)} of {len(expected)}, missed {missed[:3]}"
            )
    return found


def allow_descriptors(count: int) -> bool:
    """Let this process and its children have that many; return whether it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        return False
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
    return True
