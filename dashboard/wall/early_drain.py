"""Early drain: another server's streams are sent away when it is told to stop, not when it has."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def draining_early(drain: Callable[[], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """Run `drain` once a signal says stop, beside what the server does about it.

    ASGI tells an application of the stop only after its connections are over, and a stream has
    no end: servers cut it then, and some log a traceback for each. Where the server has no
    handler of its own in this thread, nothing is done.
    """
    loop = asyncio.get_running_loop()
    draining: list[asyncio.Task[None]] = []
    servers: dict[int, Callable[[int, FrameType | None], object]] = {}

    def begin() -> None:
        if not draining:
            draining.append(loop.create_task(drain()))

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(begin)
        servers[number](number, frame)

    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler) and handler is not signal.default_int_handler:
                servers[number] = handler
                signal.signal(number, on_signal)
    try:
        yield
    finally:
        for taken, handler in servers.items():
            if signal.getsignal(taken) is on_signal:
                signal.signal(taken, handler)
        for task in draining:
            task.cancel()
