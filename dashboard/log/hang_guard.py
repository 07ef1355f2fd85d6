"""HangGuard: cuts the connection to a database server that stopped answering; threads cannot."""

import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final
from weakref import WeakSet

from django.db.backends.base.base import BaseDatabaseWrapper

HANGS: Final = 5.0
"""Seconds after which a database on another machine is taken to answer no more."""

_LOOK: Final = 0.5
"""Seconds between two looks."""


class HangGuard:
    """Of one connection: whoever waits on it for longer than `seconds` finds it closed.

    The server's own timeouts are kept by the server, so one that hangs keeps none of them.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._connection: BaseDatabaseWrapper | None = None
        self.deadline: float | None = None

    @contextmanager
    def watching(self, connection: BaseDatabaseWrapper) -> Iterator[None]:
        """Cut `connection` if this is not left in time. Its work then fails as if it had broken."""
        self._connection = connection
        self.deadline = time.monotonic() + self._seconds
        _WATCH.see(self)
        try:
            yield
        finally:
            with self._lock:  # not while it is being cut: its descriptor may be another's soon
                self.deadline = None

    def goes_on(self) -> None:
        """Count from now: something else is asked."""
        if self.deadline is not None:
            self.deadline = time.monotonic() + self._seconds

    def cut(self) -> None:
        """End the connection, where it is still worked on."""
        with self._lock:
            raw = None if self._connection is None else self._connection.connection
            if self.deadline is None or raw is None:
                return
            self.deadline = None
            # Both of psycopg's generations have it; a closed one raises an error of its own.
            with suppress(Exception), socket.socket(fileno=os.dup(raw.fileno())) as ours:
                ours.shutdown(socket.SHUT_RDWR)


class _Watch:
    """One thread for all guards of this process, for as long as there are any."""

    def __init__(self) -> None:
        self._guards: WeakSet[HangGuard] = WeakSet()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def see(self, guard: HangGuard) -> None:
        if guard in self._guards and self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            self._guards.add(guard)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, name="hang-guard", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK)
            with self._lock:
                guards = list(self._guards)
                if not guards:
                    self._thread = None
                    return
            now = time.monotonic()
            for guard in guards:
                if guard.deadline is not None and now > guard.deadline:
                    guard.cut()
            del guards


_WATCH: Final = _Watch()


def ending(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the OPTIONS of a PostgreSQL database with an end to every wait, where none is said."""
    millis = int(HANGS * 1_000)
    said = str(options.get("options", ""))
    limits = [
        f"-c {name}={millis}" for name in ("statement_timeout", "lock_timeout") if name not in said
    ]
    return {
        "connect_timeout": int(HANGS),
        "tcp_user_timeout": millis,
        **options,
        "options": " ".join([said, *limits]).strip(),
    }
