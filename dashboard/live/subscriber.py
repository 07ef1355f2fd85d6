"""Subscriber: one open stream, as an audience sees it: something to write to that may be slow."""

import asyncio
import contextvars
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeAlias

from dashboard.live.chunk import GZIP_HEADER, Chunk, Message
from dashboard.live.coroutines import resume

Send: TypeAlias = Callable[[Message], Awaitable[None]]


class Listeners(Protocol):
    """What a subscriber tells of itself: an audience."""

    def pause(self, subscriber: "Subscriber") -> None: ...

    def resume(self, subscriber: "Subscriber") -> None: ...

    def leave(self, subscriber: "Subscriber") -> None: ...


class Follower(Protocol):
    """What a subscriber is for: a stream, which may come to show something else."""

    def follow(self, subscriber: "Subscriber") -> None: ...


class Subscriber(ABC):
    """A connection that takes chunks without waiting, and says when it takes no more.

    While it is `busy` since some loop time, its audience writes nothing; `seen` is how far the
    audience had been told when it became so. `gzip`: it wants the chunks compressed.
    """

    __slots__ = ("audience", "busy_since", "ended", "gzip", "seen", "stream")

    def __init__(self, *, gzip: bool = False) -> None:
        self.gzip = gzip
        self.audience: Listeners | None = None
        self.busy_since: float | None = None
        self.ended = False
        self.seen = 0
        self.stream: Follower | None = None

    @abstractmethod
    def put(self, chunk: Chunk) -> None:
        """Write, and return at once. Not to be called while busy."""

    @abstractmethod
    async def send(self, chunk: Chunk) -> None:
        """Write, and return when more would be taken: for what comes before an audience."""

    @abstractmethod
    def cut(self) -> None:
        """End the connection now, whatever is under way."""

    def has_taken(self) -> bool:
        """Whether, while busy, its client took any bytes since this was last asked."""
        return False

    async def begin(self, first: Chunk) -> None:
        """Write the first chunk, after what opens a compressed stream."""
        if self.gzip:
            first = _Opening(first)
        await self.send(first)

    def end(self, last: bytes) -> None:
        """Write `last` and end the response; one that is busy is cut instead."""
        if self.busy_since is not None:
            self.cut()
        else:
            self.put(Chunk(last, more=False))
            self.close()

    def close(self) -> None:
        """Be written to no more: the connection has gone, or its response is over."""
        self.ended = True
        if self.audience is not None:
            self.audience.leave(self)

    def became_busy(self) -> None:
        self.busy_since = asyncio.get_running_loop().time()
        if self.audience is not None:
            self.audience.pause(self)

    def became_free(self) -> None:
        self.busy_since = None
        if self.audience is not None and not self.ended:
            self.audience.resume(self)


class _Opening(Chunk):
    """A chunk behind the gzip header."""

    def __init__(self, chunk: Chunk) -> None:
        super().__init__(chunk.data, more=chunk.more)
        self.deflated = GZIP_HEADER + chunk.deflated


class AsgiSubscriber(Subscriber):
    """A connection behind any ASGI server's `send`.

    A send usually ends without suspending: the bytes went to the socket. Only one that suspends,
    for a slow client, costs a task. `cut` is what ends the connection for good.
    """

    __slots__ = ("_cut", "_send", "_task")

    def __init__(self, send: Send, *, cut: Callable[[], object], gzip: bool = False) -> None:
        super().__init__(gzip=gzip)
        self._send = send
        self._cut = cut
        self._task: asyncio.Task[None] | None = None

    def put(self, chunk: Chunk) -> None:
        sending: Any = self._send(chunk.deflated_message if self.gzip else chunk.message)
        if not isinstance(sending, Coroutine):
            sending = _as_coroutine(sending)
        try:
            waiting_for = sending.send(None)
        except StopIteration:
            return
        except Exception:
            # The connection is gone; its own task hears of it and leaves.
            self.cut()
            return
        self._task = asyncio.get_running_loop().create_task(
            self._finish(sending, waiting_for), context=contextvars.Context()
        )
        self.became_busy()

    async def send(self, chunk: Chunk) -> None:
        self.became_busy()
        try:
            await self._send(chunk.deflated_message if self.gzip else chunk.message)
        finally:
            self.became_free()

    def cut(self) -> None:
        self.close()
        self._cut()

    def close(self) -> None:
        super().close()
        if self._task is not None:
            self._task.cancel()

    async def _finish(self, sending: Coroutine[Any, Any, None], waiting_for: object) -> None:
        try:
            await resume(sending, waiting_for)
        except Exception:
            self.cut()
            return
        finally:
            self._task = None
            self.busy_since = None
        self.became_free()


async def _as_coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable
