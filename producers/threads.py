"""Threads: the part of a producer's thread that asyncio would not end as a wall must."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_LEFTOVERS_MAY_TAKE: Final = 1.0
"""Seconds for tasks that the producer started itself and did not end."""


class DaemonExecutor(ThreadPoolExecutor):
    """Runs each call of `asyncio.to_thread` in a daemon thread, `max_workers` at once.

    Python joins the threads of a plain pool at exit, so that one camera that never answers
    would keep the whole wall from stopping. (asyncio takes no other kind of executor than a
    ThreadPoolExecutor as a loop's default.)
    """

    def __init__(self, max_workers: int, name: str) -> None:
        super().__init__(max_workers)
        self._name = name
        self._room = threading.BoundedSemaphore(max_workers)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start `fn` as soon as there is room; the future tells what it returned or raised."""
        future: Future[T] = Future()
        threading.Thread(
            target=self._call, args=(future, fn, args, kwargs), name=self._name, daemon=True
        ).start()
        return future

    def _call(self, future: Future[Any], fn: Callable[..., Any], args: Any, kwargs: Any) -> None:
        with self._room:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)


def wind_up(loop: asyncio.AbstractEventLoop) -> None:
    """End what the producer left running in its loop, then close it; never wait for threads."""
    leftover = asyncio.all_tasks(loop)
    for task in leftover:
        task.cancel()
    if leftover:
        loop.run_until_complete(asyncio.wait(leftover, timeout=_LEFTOVERS_MAY_TAKE))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
