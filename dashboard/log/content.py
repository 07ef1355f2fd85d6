"""Content: what an SQLite file and its write-ahead log hold, and who changed it."""

import fcntl
import os
import struct
import threading
from contextlib import suppress
from typing import Final

_HEADER: Final = 100
"""Bytes that every SQLite file begins with. https://sqlite.org/fileformat.html"""
_INDEX: Final = 136
"""Bytes at the start of the -shm file. https://sqlite.org/walformat.html"""
_SHARED: Final = (0x40000002, 510)
"""Where in the file, and how many bytes of it, who reads has locked."""


_MOST_OPEN: Final = 100


class _Opened:
    """The files that this process has opened to be read; they stay open.

    To close one would take all locks that SQLite holds on it for this process, those of Django's
    own connections too: who waits for a transaction of theirs would go on, and write into it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._descriptors: dict[tuple[int, int], int] = {}

    def descriptor(self, path: str) -> int:
        """Return that of the file which lies at `path` now. Raises OSError."""
        with self._lock:
            self._close_some()
            status = os.stat(path)
            known = self._descriptors.get((status.st_dev, status.st_ino))
            if known is not None:
                return known
            descriptor = os.open(path, os.O_RDONLY)
            status = os.fstat(descriptor)
            return self._descriptors.setdefault((status.st_dev, status.st_ino), descriptor)

    def _close_some(self) -> None:
        """Close what was removed, and the oldest of what is far more than the logs of a process."""
        for place, descriptor in [*self._descriptors.items()]:
            if os.fstat(descriptor).st_nlink == 0 or len(self._descriptors) > _MOST_OPEN:
                os.close(self._descriptors.pop(place))


_opened: Final = _Opened()


class Content:
    """Of the SQLite file at `path`, as it was when last looked at."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptors: dict[str, int] = {}
        self._page = b""
        self._written_back = b""

    def watch(self) -> None:
        """Remember what there is, in the files that lie there now."""
        for end in ("", "-shm"):
            self._descriptors.pop(end, None)
            with suppress(FileNotFoundError):
                self._descriptors[end] = _opened.descriptor(f"{self._path}{end}")
        self._read()

    def was_overwritten(self) -> bool:
        """Look again, and tell whether somebody but SQLite changed it.

        SQLite only writes the -wal back into the file; what it so changes on the first page
        counts up there.
        """
        before, written_back = self._page, self._written_back
        self._read()
        if len(self._page) < _HEADER:
            return True
        if self._page == before:
            return False
        unexplained = bool(written_back) and written_back == self._written_back
        return unexplained or _changes(self._page) < _changes(before)

    def hold(self) -> None:
        """Keep SQLite from taking the file for itself, as another reader would."""
        self._lock(fcntl.F_RDLCK)

    def let_go(self) -> None:
        self._lock(fcntl.F_UNLCK)

    def release(self) -> None:
        """Look no more."""
        self.let_go()
        self._descriptors.clear()

    def _read(self) -> None:
        self._page = os.pread(self._descriptors[""], 4_096, 0)
        shm = self._descriptors.get("-shm")
        index = b"" if shm is None else os.pread(shm, _INDEX, 0)
        # Which -wal it is, and how much of it was written back, or is just now.
        self._written_back = index[32:40] + index[96:100] + index[128:132]

    def _lock(self, kind: int) -> None:
        # Of the file's description and not of the process, whose locks SQLite takes for its own.
        command = getattr(fcntl, "F_OFD_SETLK", None)
        if command is not None and "" in self._descriptors:
            with suppress(OSError):
                what = struct.pack("hhqqi", kind, os.SEEK_SET, *_SHARED, 0)
                fcntl.fcntl(self._descriptors[""], command, what)


def _changes(page: bytes) -> int:
    return int.from_bytes(page[24:28])
