"""WriteQueue: what waits for the writer's thread, in order, and since when."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from dashboard.log.base import Appended
from dashboard.log.encoding import Encoded
from dashboard.log.session import Session

GROUP: Final = 2_000
"""Events that one transaction takes, unless a single append has more."""
GROUP_BYTES: Final = 8 * 2**20
"""Bytes of their data that it takes, with the same exception."""


class Append(NamedTuple):
    prepared: Encoded
    answer: "asyncio.Future[Appended]"
    deadline: float


class Errand(NamedTuple):
    work: Callable[[Session], Any]
    answer: "asyncio.Future[Any]"
    deadline: float


Job: TypeAlias = Append | Errand


class WriteQueue:
    """`put`, `hand_over` and `stop` are the event loop's, `next` and `part_late` the thread's."""

    def __init__(self) -> None:
        self._fresh: list[Job] = []
        self._wake = threading.Condition()
        self._queue: deque[Job] = deque()
        self._stopping = False

    def put(self, job: Job) -> None:
        # Handed over after this turn of the loop, so that all who append in it share one group:
        # else the first alone would get a commit of its own, and the rest wait for two.
        if not self._fresh:
            asyncio.get_running_loop().call_soon(self.hand_over)
        self._fresh.append(job)

    def hand_over(self) -> None:
        with self._wake:
            self._queue.extend(self._fresh)
            self._wake.notify()
        self._fresh.clear()

    def stop(self) -> None:
        """Have `next` return None when all is done."""
        self.hand_over()
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def next(self) -> list[Append] | Errand | None:
        """Wait for and return the next group, or a single errand; None at the end."""
        with self._wake:
            while not self._queue and not self._stopping:
                self._wake.wait()
            if not self._queue:
                return None
            first = self._queue.popleft()
            if isinstance(first, Errand):
                return first
            group = [first]
            room = GROUP - len(first.prepared.events)
            room_bytes = GROUP_BYTES - first.prepared.size
            while self._queue:
                job = self._queue[0]
                if isinstance(job, Errand):
                    break
                room -= len(job.prepared.events)
                room_bytes -= job.prepared.size
                if room < 0 or room_bytes < 0:
                    break
                group.append(job)
                self._queue.popleft()
            return group

    def part_late(self, jobs: Sequence[Job], now: float) -> list[Job]:
        """Take `jobs` back in front of the rest, but for those of all whose deadline is not after
        `now`: these are returned."""
        with self._wake:
            waiting = [*jobs, *self._queue]
            self._queue = deque(job for job in waiting if job.deadline > now)
        return [job for job in waiting if job.deadline <= now]
