"""Reader: the thread that answers questions about what is stored, off the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from dashboard.log.base import LogUnavailable
from dashboard.log.session import Session

Result = TypeVar("Result")


class Reader:
    """Runs one piece of work at a time, on a thread and a connection of its own."""

    def __init__(self, alias: str) -> None:
        self._session = Session(alias)
        self._executor: ThreadPoolExecutor | None = None
        self._closed = False

    async def run(self, work: Callable[[Session], Result]) -> Result:
        """Return what `work` returns. Raises LogUnavailable."""
        if self._closed:
            raise LogUnavailable("the log is closed")
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="log-reader")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._session.run, work)

    async def aclose(self) -> None:
        """Finish what is under way, then give back the thread and its connection."""
        self._closed = True
        executor, self._executor = self._executor, None
        if executor is not None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(executor, self._session.close)
            executor.shutdown()
