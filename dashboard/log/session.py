"""Session: one thread's connection to the log's database; Reader: a thread that asks with one."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractContextManager,
    ExitStack,
    closing,
    contextmanager,
    nullcontext,
    suppress,
)
from functools import cached_property
from traceback import clear_frames
from typing import Any, Final, TypeVar

from django.db import Error, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import Atomic

from dashboard.log.base import LogBusy, LogUnavailable
from dashboard.log.files import Files, files_of
from dashboard.log.hang_guard import HANGS, HangGuard, ending
from dashboard.log.sqlite import prepare

Result = TypeVar("Result")

_LOOK_AGAIN: Final = 0.003
"""Seconds between two looks whether SQLite's lock is free: about what a commit takes, so that it is
free for some of the time, for Django's own transactions too."""


class Session:
    """Runs work on the calling thread's connection, which it opens, renews and closes.

    `wait` is for how many seconds it waits for others that hold the database; None: as long as
    DATABASES says.

    The log's `files` are looked at before each piece of work, and after it: what was done in
    files that were exchanged meanwhile is not told.
    """

    def __init__(self, alias: str, wait: float | None = None, files: Files | None = None) -> None:
        self.alias = alias
        self._files = files = files or files_of(connections[alias])
        self._wait = wait
        self._generation: int | None = None
        self._busy = threading.Lock()
        self._guard = HangGuard(HANGS + 1)
        files.join(self._leave)

    @cached_property
    def connection(self) -> BaseDatabaseWrapper:
        """Django's connection of the thread that asked first, which is the session's."""
        connection = connections[self.alias]
        if connection.vendor == "postgresql":
            settings = connection.settings_dict
            connection.settings_dict = {**settings, "OPTIONS": ending(settings["OPTIONS"])}
        # Another session closes it where its files are gone and nothing is asked of it.
        connection.inc_thread_sharing()
        return connection

    def run(self, work: "Callable[[Session], Result]") -> Result:
        """Return what `work` returns. Raises LogUnavailable for any fault of the database, and
        LogBusy when others hold it."""
        with self._busy:
            try:
                self._connect()
                with self._guarded():
                    result = work(self)
                if self._files.look() != self._generation:
                    self._leave_files()
                    raise OSError("its files were exchanged just now; what is kept is not known")
                return result
            except (Error, OSError) as error:
                told = f"database {self.alias!r}: {error}"
                if _is_busy(error):
                    raise LogBusy(told) from error
                if isinstance(error, Error):
                    self.drop()
                raise LogUnavailable(told) from error

    def _guarded(self) -> AbstractContextManager[None]:
        if self.connection.vendor == "sqlite":
            return nullcontext()
        return self._guard.watching(self.connection)

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """Give a cursor whose statements DEBUG does not keep.

        Django's own cursor() times, formats and stores every statement while DEBUG is on: for
        each group of appends that is megabytes of SQL, and several times the work.
        """
        self._guard.goes_on()
        connection = self.connection
        with connection.wrap_database_errors, closing(connection.create_cursor()) as cursor:
            yield cursor

    def fetch(self, sql: str, values: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query, as `cursor` would give them; asked 50 times a second."""
        self._guard.goes_on()
        connection = self.connection
        with connection.wrap_database_errors:
            cursor = connection.create_cursor()
            try:
                cursor.execute(sql, values)
                return cursor.fetchall()  # type: ignore[no-any-return]
            finally:
                cursor.close()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Give a cursor within one transaction that commits at the end."""
        with ExitStack() as stack:
            self._begin(transaction.atomic(using=self.alias), stack)
            yield stack.enter_context(self.cursor())

    def _begin(self, atomic: Atomic, stack: ExitStack) -> None:
        """Enter `atomic`, for which SQLite's one writer has to be waited for.

        SQLite itself looks again after up to 100 ms. By then a process that writes all the time
        has written many times more, and with a few of them, one may not get its turn for seconds.
        """
        connection = self.connection
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            stack.enter_context(atomic)
            return
        said = connection.settings_dict["OPTIONS"].get("timeout", HANGS)
        wait = float(said) if self._wait is None else self._wait
        deadline = time.monotonic() + wait
        self.fetch("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    stack.enter_context(atomic)
                    return
                except OperationalError as error:
                    if not _is_busy(error) or time.monotonic() > deadline:
                        raise
                time.sleep(_LOOK_AGAIN)
        finally:
            self.fetch(f"PRAGMA busy_timeout = {wait * 1_000:.0f}")

    def drop(self) -> None:
        """Close a connection that something is wrong with."""
        with suppress(Error):
            self._close()

    def close(self) -> None:
        """Close the connection, for good."""
        with self._busy:
            # So that it does no harm to what lies in the place of its files.
            with suppress(OSError):
                self._files.look()
            self.drop()

    def _close(self) -> None:
        self.connection.close()
        if self._generation is not None:
            self._files.closed(self._generation)
        self._generation = None

    def _leave(self) -> None:
        """Close what is gone, if nothing is asked of it just now; any thread may call it."""
        if self._busy.acquire(blocking=False):
            try:
                if self._generation not in (None, self._files.generation):
                    self._leave_files()
            finally:
                self._busy.release()

    def _connect(self) -> None:
        generation = self._files.look()
        if self._generation not in (None, generation):
            self._leave_files()
        if self._generation is None:
            self._files.opening()
            try:
                self.connection.ensure_connection()
                if self._wait is not None and self.connection.vendor == "sqlite":
                    self.fetch(f"PRAGMA busy_timeout = {int(self._wait * 1_000)}")
                prepare(self.connection)
                self._generation = self._files.opened()
            except (Error, OSError) as error:
                _let_go(error)
                self.drop()
                raise

    def _leave_files(self) -> None:
        """Close files that are gone: who does so first may be the only one who can still save."""
        self._files.save(self._write_back)
        self.drop()

    def _write_back(self) -> None:
        with suppress(Error):
            self.fetch("PRAGMA wal_checkpoint(FULL)")


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


def _let_go(error: BaseException | None) -> None:
    """Forget what was opened by half, which only the frames of an error know of.

    Errors are kept, to be told. A connection that one of them holds would keep SQLite, in the
    whole process, in files that are gone.
    """
    while error is not None:
        clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _is_busy(error: BaseException) -> bool:
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
