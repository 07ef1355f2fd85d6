"""Worker: a process of its own that does what it is told over a pipe."""

import gc
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Protocol, Self

_SPAWN = multiprocessing.get_context("spawn")


class Loop(Protocol):
    """What runs in the process: between two orders it does its own work."""

    def run(self, orders: Connection) -> None:
        """Work until `orders` has something to read."""


class Worker:
    """The near end: `call` waits for what the method of that name returns, there."""

    def __init__(self, make: Callable[[], Loop]) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_work, args=(theirs, make), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.join(10)
        self._process.kill()

    def call(self, name: str, *arguments: Any) -> Any:
        """Raises RuntimeError with what went wrong there."""
        self.begin(name, *arguments)
        return self.result()

    def begin(self, name: str, *arguments: Any) -> None:
        """Let the process start, and return; `result` has to follow."""
        self._pipe.send((name, arguments))

    def result(self) -> Any:
        good, value = self._pipe.recv()
        if not good:
            raise RuntimeError(f"the load could not go on: {value}")
        return value


class Busy:
    """How much of one core this process has used since it was made."""

    def __init__(self) -> None:
        self._cpu, self._began = time.process_time(), time.monotonic()

    @property
    def share(self) -> float:
        return (time.process_time() - self._cpu) / (time.monotonic() - self._began)


def _work(orders: Connection, make: Callable[[], Loop]) -> None:
    # A thousand clients that live as long as the process are nothing to search for garbage.
    gc.disable()
    unlimit()
    loop = make()
    try:
        while True:
            loop.run(orders)
            name, arguments = orders.recv()
            try:
                answer = True, getattr(loop, name)(*arguments)
            except Exception as error:
                answer = False, f"{type(error).__name__}: {error}"
            orders.send(answer)
    except (EOFError, KeyboardInterrupt):
        os._exit(0)


def unlimit() -> None:
    """Allow this process, and those it starts, as many descriptors as it may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
