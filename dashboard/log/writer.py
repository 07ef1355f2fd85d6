"""Writer: the one thread of this process that writes the log, and its group commit."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from math import inf
from typing import Final, TypeVar

from dashboard.log.base import Appended, Entry, LogBusy, LogUnavailable
from dashboard.log.clock import Clock
from dashboard.log.commit import Answer, commit_group
from dashboard.log.encoding import Encoded
from dashboard.log.sequence import HighWater
from dashboard.log.session import Session
from dashboard.log.write_queue import Append, Errand, Job, WriteQueue

logger = logging.getLogger("dashboard.log")

Result = TypeVar("Result")

WAITING: Final = 20_000
"""Events that may wait for the disk; with more, the log says that it is unavailable."""
WAITING_BYTES: Final = 64 * 2**20
"""Bytes of their data that may wait."""
_SLICE: Final = 0.25
"""Seconds of one attempt, after which is looked who has waited for long enough."""
_PROVEN: Final = 5.0
"""Seconds for which a commit proves that the database takes another."""
_LATELY: Final = 1.0
"""Seconds since who has come has not yet waited for a commit that was not made."""


class Writer:
    """Commits together what came while the last commit ran; answers when it is on the disk.

    While others hold the database, each append waits for `patience` seconds since it came. Once
    one has waited in vain, whatever comes is tried, and refused at once if that fails; while it is
    being tried, which takes seconds where the database answers nothing, all else is refused.
    `append`, `run` and `aclose` are the event loop's; the thread starts with the first of them.
    `on_commit` is called on the writer's thread with the new entries, before the answers go out.
    """

    def __init__(
        self,
        alias: str,
        water: HighWater,
        clock: Clock,
        on_commit: Callable[[list[Entry]], None],
        patience: float,
    ) -> None:
        self._session = Session(alias, wait=min(_SLICE, patience))
        self._water = water
        self._clock = clock
        self._on_commit = on_commit
        self._patience = patience
        self._queue = WriteQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._hastened = False
        self._failed = False
        self._why = ""
        self._proven_until = 0.0
        self._waiting = 0
        self._waiting_bytes = 0

    def append(self, prepared: Encoded) -> "asyncio.Future[Appended]":
        """Queue one append; the future has its answer or its error."""
        count, size = len(prepared.events), prepared.size
        if self._waiting and self._failed:
            raise LogUnavailable(self._why)
        if self._waiting and (
            self._waiting + count > WAITING or self._waiting_bytes + size > WAITING_BYTES
        ):
            raise LogUnavailable(
                f"{self._waiting} events wait for the database already, "
                f"{self._waiting_bytes / 2**20:.1f} MiB"
            )
        loop = self._running_loop()
        self._waiting += count
        self._waiting_bytes += size
        answer: asyncio.Future[Appended] = loop.create_future()
        self._queue.put(Append(prepared, answer, self._clock.ran() + self._patience))
        return answer

    def run(self, work: Callable[[Session], Result]) -> "asyncio.Future[Result]":
        """Do `work` on the writer's thread, between two groups."""
        answer: asyncio.Future[Result] = self._running_loop().create_future()
        self._queue.put(Errand(work, answer, self._clock.ran() + self._patience))
        return answer

    @property
    def proven(self) -> bool:
        """Whether the last commit was made, and lately. For the writer's thread."""
        return not self._failed and self._clock.ran() < self._proven_until

    def note_commit(self) -> None:
        """Remember that the database took a commit just now. For the writer's thread."""
        if self._failed:
            logger.info("log can be written again")
        self._failed = False
        self._proven_until = self._clock.ran() + _PROVEN

    def hasten(self) -> None:
        """Wait for nobody from now on."""
        self._hastened = True

    async def aclose(self) -> None:
        """Finish what is queued, unless others hold the database; then end the thread and its
        connection."""
        self._closed = True
        self.hasten()
        if self._thread is None:
            return
        self._queue.stop()
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

    def _write(self) -> None:
        try:
            while jobs := self._queue.next():
                try:
                    if isinstance(jobs, Errand):
                        self._do(jobs)
                    else:
                        self._commit(jobs)
                except LogBusy as error:
                    self._wait_or_fail([jobs] if isinstance(jobs, Errand) else jobs, error)
        except RuntimeError as error:
            # The event loop was closed over us; there is nobody left to answer.
            logger.warning("log writer ends without aclose: %s", error)
        finally:
            self._session.close()

    def _commit(self, group: list[Append]) -> None:
        try:
            committed = self._session.run(
                lambda session: commit_group(
                    session, [job.prepared for job in group], self._water, self._clock
                )
            )
        except LogBusy:
            raise
        except LogUnavailable as error:
            # Who waited behind them would wait for the next attempt as well.
            behind = self._queue.part_late((), self._clock.ran() - _LATELY + self._patience)
            self._fail([*group, *behind], error)
        except Exception as error:
            logger.exception("append failed appends=%s", len(group))
            self._session.drop()
            self._fail(group, LogUnavailable(f"{type(error).__name__}: {error}"))
        else:
            self.note_commit()
            if committed.entries:
                self._on_commit(committed.entries)
            self._on_loop(self._settle, group, committed.answers)

    def _do(self, errand: Errand) -> None:
        try:
            result = self._session.run(errand.work)
        except LogBusy:
            raise
        except Exception as error:
            self._on_loop(_fail, errand.answer, error)
        else:
            self._on_loop(_answer, errand.answer, result)

    def _wait_or_fail(self, jobs: Sequence[Job], error: LogBusy) -> None:
        """Others hold the database: try again, but not for those who have waited in vain."""
        gives_up = self._failed or self._hastened
        late = self._queue.part_late(jobs, inf if gives_up else self._clock.ran())
        if late:
            self._fail(late, error)

    def _fail(self, jobs: Sequence[Job], error: LogUnavailable) -> None:
        if not self._failed:
            logger.warning("log cannot be written, refused=%s error=%s", len(jobs), error)
        self._failed, self._why = True, str(error)
        self._on_loop(self._refuse, jobs, error)

    def _on_loop(self, callback: Callable[..., None], *args: object) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(callback, *args)

    def _settle(self, group: Sequence[Append], answers: Sequence[Answer]) -> None:
        """Answer a whole group in one turn of the loop."""
        for job, answer in zip(group, answers, strict=True):
            self._forget(job)
            if isinstance(answer, Appended):
                _answer(job.answer, answer)
            else:
                _fail(job.answer, answer)

    def _refuse(self, jobs: Sequence[Job], error: LogUnavailable) -> None:
        for job in jobs:
            if isinstance(job, Append):
                self._forget(job)
            # One each, for every traceback is somebody's own.
            one = LogUnavailable(*error.args)
            one.__cause__ = error.__cause__
            _fail(job.answer, one)

    def _forget(self, job: Append) -> None:
        self._waiting -= len(job.prepared.events)
        self._waiting_bytes -= job.prepared.size


def _answer(future: "asyncio.Future[Result]", result: Result) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[Result]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
