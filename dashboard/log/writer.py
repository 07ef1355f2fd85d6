"""Writer: the one thread of this process that writes the log, and its group commit."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from dashboard.log.base import Appended, Entry, KeyConflict, LogUnavailable
from dashboard.log.clock import Clock
from dashboard.log.commit import commit_group
from dashboard.log.encoding import Encoded
from dashboard.log.sequence import HighWater
from dashboard.log.session import Session

logger = logging.getLogger("dashboard.log")

Result = TypeVar("Result")

GROUP: Final = 2_000
"""Events that one transaction takes, unless a single append has more."""
WAITING: Final = 20_000
"""Events that may wait for the disk; with more, the log says that it is unavailable."""


class _Append(NamedTuple):
    prepared: Encoded
    answer: "asyncio.Future[Appended]"


class _Errand(NamedTuple):
    work: Callable[[Session], Any]
    answer: "asyncio.Future[Any]"


class Writer:
    """Commits together what came while the last commit ran; answers when it is on the disk.

    `append`, `run` and `aclose` are the event loop's; the thread starts with the first of them.
    `on_commit` is called on the writer's thread with the new entries, before the answers go out.
    """

    def __init__(
        self,
        alias: str,
        water: HighWater,
        clock: Clock,
        on_commit: Callable[[list[Entry]], None],
    ) -> None:
        self._session = Session(alias)
        self._water = water
        self._clock = clock
        self._on_commit = on_commit
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._waiting = 0
        self._fresh: list[_Append | _Errand] = []
        self._wake = threading.Condition()
        self._queue: deque[_Append | _Errand] = deque()
        self._stopping = False

    def append(self, prepared: Encoded) -> "asyncio.Future[Appended]":
        """Queue one append; the future has its answer, KeyConflict or LogUnavailable."""
        count = len(prepared.events)
        if self._waiting and self._waiting + count > WAITING:
            raise LogUnavailable(f"{self._waiting} events wait for the database already")
        self._waiting += count
        answer: asyncio.Future[Appended] = self._running_loop().create_future()
        self._put(_Append(prepared, answer))
        return answer

    def run(self, work: Callable[[Session], Result]) -> "asyncio.Future[Result]":
        """Do `work` on the writer's thread, between two groups."""
        answer: asyncio.Future[Result] = self._running_loop().create_future()
        self._put(_Errand(work, answer))
        return answer

    async def aclose(self) -> None:
        """Finish what is queued, then end the thread and its connection."""
        self._closed = True
        if self._thread is None:
            return
        self._hand_over()
        with self._wake:
            self._stopping = True
            self._wake.notify()
        await asyncio.to_thread(self._thread.join)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._closed:
            raise LogUnavailable("the log is closed")
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            # A daemon: a process that ends without aclose() must end, and nothing that waits
            # here was acknowledged.
            self._thread = threading.Thread(target=self._write, name="log-writer", daemon=True)
            self._thread.start()
        return self._loop

    def _put(self, job: _Append | _Errand) -> None:
        # Handed over after this turn of the loop, so that all who append in it share one group:
        # else the first alone would get a commit of its own, and the rest wait for two.
        if not self._fresh and self._loop is not None:
            self._loop.call_soon(self._hand_over)
        self._fresh.append(job)

    def _hand_over(self) -> None:
        with self._wake:
            self._queue.extend(self._fresh)
            self._wake.notify()
        self._fresh.clear()

    def _write(self) -> None:
        try:
            while jobs := self._next():
                if isinstance(jobs, _Errand):
                    self._do(jobs)
                else:
                    self._commit(jobs)
        except RuntimeError as error:
            # The event loop was closed over us; there is nobody left to answer.
            logger.warning("log writer ends without aclose: %s", error)
        finally:
            self._session.close()

    def _next(self) -> "list[_Append] | _Errand | None":
        """Wait for and return the next group, or a single errand; None at the end."""
        with self._wake:
            while not self._queue and not self._stopping:
                self._wake.wait()
            if not self._queue:
                return None
            first = self._queue.popleft()
            if isinstance(first, _Errand):
                return first
            group = [first]
            room = GROUP - len(first.prepared.events)
            while self._queue:
                job = self._queue[0]
                if isinstance(job, _Errand) or len(job.prepared.events) > room:
                    break
                room -= len(job.prepared.events)
                group.append(job)
                self._queue.popleft()
            return group

    def _commit(self, group: list[_Append]) -> None:
        answers: list[Appended | KeyConflict] | LogUnavailable
        try:
            committed = self._session.run(
                lambda session: commit_group(
                    session, [job.prepared for job in group], self._water, self._clock
                )
            )
        except LogUnavailable as error:
            logger.warning("append failed appends=%s error=%s", len(group), error)
            answers = error
        except Exception as error:
            logger.exception("append failed appends=%s", len(group))
            self._session.close()
            answers = LogUnavailable(f"{type(error).__name__}: {error}")
        else:
            answers = committed.answers
            if committed.entries:
                self._on_commit(committed.entries)
        self._on_loop(self._settle, group, answers)

    def _do(self, errand: _Errand) -> None:
        try:
            result = self._session.run(errand.work)
        except Exception as error:
            self._on_loop(_fail, errand.answer, error)
        else:
            self._on_loop(_answer, errand.answer, result)

    def _on_loop(self, callback: Callable[..., None], *args: object) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(callback, *args)

    def _settle(
        self, group: list[_Append], answers: list[Appended | KeyConflict] | LogUnavailable
    ) -> None:
        """Answer a whole group in one turn of the loop."""
        self._waiting -= sum(len(job.prepared.events) for job in group)
        if isinstance(answers, LogUnavailable):
            for job in group:
                # One each, for every traceback is somebody's own.
                error = LogUnavailable(*answers.args)
                error.__cause__ = answers.__cause__
                _fail(job.answer, error)
            return
        for job, answer in zip(group, answers, strict=True):
            if isinstance(answer, KeyConflict):
                _fail(job.answer, answer)
            else:
                _answer(job.answer, answer)


def _answer(future: "asyncio.Future[Any]", result: object) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[Any]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
