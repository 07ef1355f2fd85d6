"""Subscriber: one open stream, as the hub sees it: something to write to that may be slow."""

import asyncio
import contextvars
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping
from functools import partial
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


def chunk(data: bytes, *, more: bool = True) -> Message:
    """Return an ASGI body message; one object serves any number of subscribers."""
    return {"type": "http.response.body", "body": data, "more_body": more}


class Subscriber:
    """An ASGI `send` that the hub calls directly, one write at a time.

    A write usually ends without suspending: the bytes went to the socket. Only a client that
    takes no more costs a task, and is `busy` until it takes them. `seen` belongs to the
    audience: how far this client has been written to. `on_idle` is called when a busy one is
    free again, `cut` to end a connection that does not even take an ending.
    """

    __slots__ = ("_cut", "_task", "busy_since", "ended", "on_idle", "seen", "send")

    def __init__(self, send: Send, *, cut: Callable[[], object]) -> None:
        self.send = send
        self._cut = cut
        self._task: asyncio.Task[None] | None = None
        self.busy_since: float | None = None
        self.ended = False
        self.on_idle: Callable[[Subscriber], object] | None = None
        self.seen = 0

    @property
    def busy(self) -> bool:
        return self.busy_since is not None

    def write(self, message: Message) -> None:
        """Start sending; returns at once, `busy` if the client did not take it all."""
        sending: Any = self.send(message)
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
        loop = asyncio.get_running_loop()
        self.busy_since = loop.time()
        self._task = loop.create_task(
            self._finish(sending, waiting_for), context=contextvars.Context()
        )

    def end(self, last: bytes) -> None:
        """Send `last` and end the response; one that is busy is cut instead."""
        self.ended = True
        if self.busy:
            self.cut()
        else:
            self.write(chunk(last, more=False))

    def cut(self) -> None:
        """End the connection now, whatever is under way."""
        self.ended = True
        self._cut()

    def close(self) -> None:
        """Forget a write under way; the connection has gone."""
        self.ended = True
        if self._task is not None:
            self._task.cancel()

    async def _finish(self, sending: Coroutine[Any, Any, None], waiting_for: object) -> None:
        try:
            await _resume(sending, waiting_for)
        except Exception:
            self.cut()
            return
        finally:
            self._task = None
            self.busy_since = None
        if self.on_idle is not None and not self.ended:
            self.on_idle(self)


@types.coroutine
def _resume(started: Coroutine[Any, Any, None], waiting_for: object) -> Generator[Any, Any, None]:
    """Go on with a coroutine that was started by hand and has yielded `waiting_for`."""
    while True:
        try:
            value = yield waiting_for
        except BaseException as error:
            step = partial(started.throw, error)
        else:
            step = partial(started.send, value)
        try:
            waiting_for = step()
        except StopIteration:
            return


async def _as_coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable
