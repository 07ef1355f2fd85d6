"""Folder: pictures as files, `<alias>/<id>`; each is there whole or not at all. It blocks."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from dashboard.pictures.names import is_stored_name
from producers.names import why_illegal

_ABANDONED: Final = 3_600
"""Seconds after which a file that somebody began to write is taken to be left behind."""


MARGIN: Final = timedelta(minutes=10)
"""A picture is put before its entry is appended, and two machines' clocks differ."""
_MARGIN_NANOS: Final = MARGIN // timedelta(microseconds=1) * 1_000
_UNIX: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Stored(NamedTuple):
    """One picture's file."""

    path: Path
    size: int
    used: int
    """When it was last kept, in nanoseconds since 1970: its time of modification."""


class Folder:
    """Pictures under `directory`, which is made when the first is put there. For any thread."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._numbers = count()

    def put(self, alias: str, id_: str, data: bytes) -> int | None:
        """Have the picture on the disk, durably. Raises OSError.

        Returns a stamp for `discard` when this call wrote it; None when it was there.
        """
        path = self._path(alias, id_)
        if self._touch(path):
            return None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = path.with_name(f".{id_}.{os.getpid()}-{next(self._numbers)}.part")
        try:
            _write(written, data)
            with self._lock:
                if _touched(path):  # somebody else was faster
                    return None
                written.replace(path)
                stamp = path.stat().st_mtime_ns
        finally:
            written.unlink(missing_ok=True)
        _sync(path.parent)
        return stamp

    def discard(self, alias: str, id_: str, stamp: int) -> None:
        """Remove what `put` wrote, unless it has been kept for somebody else since."""
        path = self._path(alias, id_)
        with self._lock:
            if path.exists() and path.stat().st_mtime_ns == stamp:
                path.unlink(missing_ok=True)

    def get(self, alias: str, id_: str) -> bytes | None:
        """Return the picture; None when there is none. Raises OSError."""
        try:
            return self._path(alias, id_).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def all(self) -> Iterator[Stored]:
        """Yield every picture there is; what else lies there is left alone."""
        for path in self._files():
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if is_stored_name(path.parent.name, path.name):
                yield Stored(path, status.st_size, status.st_mtime_ns)
            elif path.suffix == ".part" and time.time() - status.st_mtime > _ABANDONED:
                path.unlink(missing_ok=True)

    def remove(self, stored: Stored) -> bool:
        """Remove a picture, unless it has been kept again since it was looked at."""
        with self._lock:
            try:
                if stored.path.stat().st_mtime_ns != stored.used:
                    return False
                stored.path.unlink()
            except FileNotFoundError:
                return False
        return True

    def _path(self, alias: str, id_: str) -> Path:
        if not is_stored_name(alias, id_):
            raise ValueError(f"{alias!r:.80} and {id_!r:.80} name no picture")
        return self._directory / alias / id_

    def _files(self) -> Iterator[Path]:
        try:
            folders = [path for path in self._directory.iterdir() if path.is_dir()]
        except FileNotFoundError:
            return
        for folder in folders:
            if why_illegal(folder.name) is None and not folder.is_symlink():
                yield from folder.iterdir()

    def _touch(self, path: Path) -> bool:
        with self._lock:
            return _touched(path)


def sweep(folder: Folder, spans: Sequence[tuple[datetime, datetime]], most_bytes: int) -> int:
    """Remove pictures that were last kept in none of `spans`: when the entries held were received.

    Of the rest the oldest go, until no more than `most_bytes` are left; the spans are in the order
    of the log, which a clock that leapt does not change. Returns how many went. Blocks, and may
    raise OSError.
    """
    limits = [(_nanos(first), _nanos(last)) for first, last in spans]
    gone, kept, total = 0, list[tuple[int, int, Stored]](), 0
    for stored in folder.all():
        # The nearest, and of those the latest.
        distance, place = min(
            (max(first - stored.used, stored.used - last, 0), -number)
            for number, (first, last) in enumerate(limits)
        )
        if distance > _MARGIN_NANOS:
            gone += folder.remove(stored)
        else:
            kept.append((-place, stored.used, stored))
            total += stored.size
    if total > most_bytes:
        kept.sort(key=lambda one: one[:2])
        for _, _, stored in kept:
            if total <= most_bytes:
                break
            gone += folder.remove(stored)
            total -= stored.size
    return gone


def _nanos(moment: datetime) -> int:
    return (moment - _UNIX) // timedelta(microseconds=1) * 1_000


def _touched(path: Path) -> bool:
    """Note that the picture was kept now; False when there is none."""
    now = time.time_ns()
    try:
        os.utime(path, ns=(now, now))
    except FileNotFoundError:
        return False
    return True


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
