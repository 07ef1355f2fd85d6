"""Files: whether the files of an SQLite log are still those that were opened, and hold the same.

SQLite goes on in files that were removed or overwritten, without an error, and what is written
there is lost.
"""

import gc
import logging
import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Final, NamedTuple
from weakref import WeakMethod, WeakValueDictionary

from asgiref.sync import SyncToAsync
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from dashboard.log.content import Content
from dashboard.log.sqlite import file_of

logger = logging.getLogger("dashboard.log")

_SETTLED: Final = 0.2
"""Seconds for which an overwritten file must stay as it is before it is opened."""

Identity = tuple[int, int]


class _Seen(NamedTuple):
    """Which files lie there; None for none."""

    main: Identity
    wal: Identity | None
    shm: Identity | None


class Files:
    """The files of the log at `path`; without one there is nothing to look at.

    All sessions of this process that are to it share one, each on a thread of its own; see
    files_of. `generation` grows with each exchange; then each session must close what it has open
    before any opens the files anew: SQLite shares what it knows of them within a process.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._lock = threading.RLock()
        self.generation = 0
        self._open = Counter[int]()
        self._leaving: list[WeakMethod[Callable[[], None]]] = []
        self._hearing: list[WeakMethod[Callable[[], None]]] = []
        self._anew: Future[sqlite3.Connection] | None = None
        self._seen: _Seen | None = None
        self._modified = 0
        self._content = Content(path or "")
        self._changing_since: float | None = None
        self._only_removed = False
        self._recovering = False

    def join(self, leave: Callable[[], None]) -> None:
        """Have the method `leave` called, by any thread, where a session may have what is gone
        open."""
        self._leaving.append(WeakMethod(leave))

    def when_exchanged(self, hear: Callable[[], None]) -> None:
        """Have the method `hear` called at each exchange, by any thread."""
        self._hearing.append(WeakMethod(hear))

    def look(self) -> int:
        """Return the generation as it is now. Raises OSError when there is no file, and while
        somebody overwrites it."""
        if self._path is None:
            return 0
        with self._lock:
            found, modified = self._find()
            seen = self._seen
            in_use = self._open[self.generation] > 0
            generation = self.generation
            if seen is not None and seen.main != found.main:
                self._set_aside(seen)
                self._exchange("another file lies in its place")
            elif seen is not None and in_use and _is_other(seen, found):
                self._only_removed = self._size("-wal") == 0
                self._exchange("its -wal or -shm was removed")
            elif in_use and modified != self._modified:
                self._modified = modified
                if self._content.was_overwritten() or self._changing_since is not None:
                    self._changing_since = time.monotonic()
                    self._content.hold()
            if self._changing_since is not None:
                self._settle(found)
            self._seen = found if self.generation == generation else self._find()[0]
            return self.generation

    def opening(self) -> None:
        """See that nobody in this process has open what is gone. Raises OSError."""
        if self._recovering:
            _call(self._leaving)
        with self._lock:
            if not self._recovering:
                return
            if self._open.total() != self._open[self.generation]:
                raise OSError("its files were exchanged, and the old ones are still in use")
            if self._anew is None:
                # The thread in which Django's connections are that no request has: in turn with
                # what else it does.
                self._anew = SyncToAsync.single_thread_executor.submit(self._open_anew)
            if not self._anew.done():
                raise OSError("its files were exchanged, and are opened anew")
            error = self._anew.exception()
            if error is not None:
                self._anew = None
                raise OSError(f"its files were exchanged: {error}")

    def opened(self) -> int:
        """Note that a session has a connection; return of which generation."""
        if self._path is None:
            return 0
        with self._lock:
            self._open[self.generation] += 1
            if self._open[self.generation] == 1:
                self._modified = self._find()[1]
                self._content.watch()
            if self._recovering and self._anew is not None:
                self._anew.result().close()
                self._anew, self._recovering = None, False
            return self.generation

    def closed(self, generation: int) -> None:
        """Note that a session's connection is closed; the last one takes -wal and -shm along."""
        with self._lock:
            self._open[generation] -= 1
            if self._open.total() == 0 and self._seen is not None:
                self._seen = self._seen._replace(wal=None, shm=None)

    def release(self) -> None:
        """Give back what is open here, if no session is."""
        with self._lock:
            if self._open.total() == 0:
                self._content.release()

    def save(self, write_back: Callable[[], object]) -> None:
        """Where -wal and -shm were removed, and nothing was written beside them since, have
        `write_back` bring what is only in them into the main file."""
        with self._lock:
            possible, self._only_removed = self._only_removed, False
        if possible:
            write_back()

    def _find(self) -> tuple[_Seen, int]:
        status = os.stat(str(self._path))
        wal, shm = (identity(f"{self._path}{end}") for end in ("-wal", "-shm"))
        return _Seen((status.st_dev, status.st_ino), wal, shm), status.st_mtime_ns

    def _size(self, end: str) -> int:
        try:
            return os.stat(f"{self._path}{end}").st_size
        except FileNotFoundError:
            return 0

    def _exchange(self, why: str) -> None:
        self.generation += 1
        logger.warning("the log's files were exchanged, it gets another epoch: %s", why)
        # Who closes it last would write the -wal into the main file, and remove what is there.
        self._content.hold()
        self._recovering, self._anew = True, None
        _call(self._hearing)

    def _open_anew(self) -> sqlite3.Connection:
        """Return a connection with which SQLite has only what lies there now. Raises
        sqlite3.Error, such as where a request still has the files that are gone."""
        connections.close_all()
        # What was opened by half nobody closes, and each refers to itself.
        gc.collect()
        self._content.let_go()
        connection = sqlite3.connect(str(self._path), check_same_thread=False)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            found, _ = self._find()
            if (found.wal is None) != (found.shm is None):
                raise OSError("some of the old ones are in use")
        except (sqlite3.Error, OSError):
            self._content.hold()
            connection.close()
            raise
        return connection

    def _settle(self, found: _Seen) -> None:
        """Once nobody writes the file any more, go on with it alone. Raises OSError till then."""
        since = self._changing_since
        if since is None or self._size("") == 0 or time.monotonic() - since < _SETTLED:
            raise OSError(f"{self._path} is being overwritten")
        self._changing_since = None
        self._set_aside(found)
        self._exchange("it was overwritten; its -wal is kept as -wal.overwritten")

    def _set_aside(self, seen: _Seen) -> None:
        """Take -wal and -shm away, if these are still they: what they belong to is no more, and
        they would be written into what lies there now."""
        for end, before in (("-wal", seen.wal), ("-shm", seen.shm)):
            if before is not None and identity(f"{self._path}{end}") == before:
                with suppress(FileNotFoundError):
                    os.replace(f"{self._path}{end}", f"{self._path}{end}.overwritten")


_known: "WeakValueDictionary[str, Files]" = WeakValueDictionary()
_known_lock: Final = threading.Lock()


def files_of(connection: BaseDatabaseWrapper) -> Files:
    """Return what all of this process share that are to the same file."""
    path = file_of(connection)
    if path is None:
        return Files(None)
    with _known_lock:
        files = _known.get(path)
        if files is None:
            files = _known[path] = Files(path)
        return files


def _call(methods: "list[WeakMethod[Callable[[], None]]]") -> None:
    methods[:] = [method for method in methods if method() is not None]
    for method in methods:
        if (call := method()) is not None:
            call()


def _is_other(seen: _Seen, found: _Seen) -> bool:
    """Whether a file that was there is not the one that is there now."""
    return any(
        before is not None and before != now
        for before, now in ((seen.wal, found.wal), (seen.shm, found.shm))
    )


def identity(path: str) -> Identity | None:
    """Return which file lies at `path`; None for none."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
