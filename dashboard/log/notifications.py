"""Notifications: a PostgreSQL database tells the processes of its log what was appended."""

import select
import socket
import time
from contextlib import suppress
from typing import Any, Final

from django.db import Error

from dashboard.log.base import EntryId
from dashboard.log.session import Session

_CHANNEL: Final = "eventwall_log"
_LISTEN: Final = f"LISTEN {_CHANNEL}"
_NOTIFY: Final = "SELECT pg_notify(%s, %s)"

LOOK_EVERY: Final = 1.0
"""Seconds between two looks for what nobody told, where the database tells."""
_DOUBT: Final = 60.0
"""Seconds for which it is not relied on after something was not told: a pooler may be between that
keeps no connection for its client."""


def notify(session: Session, cursor: Any, newest: EntryId) -> None:
    """Tell who listens, once the transaction commits, what the newest entry is by then."""
    if session.connection.vendor == "postgresql":
        cursor.execute(_NOTIFY, (_CHANNEL, str(newest)))


class Notifications:
    """What the connection of `session` is told. One thread's, but for `wake`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._listening: Any = None
        self._doubted_until = 0.0
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)

    def listen(self) -> None:
        """Have the connection told from now on. To be called before each look, within a run."""
        raw = self._session.connection.connection
        # psycopg 2, which Django takes too, has a list there.
        if raw is not self._listening and callable(getattr(raw, "notifies", None)):
            with self._session.cursor() as cursor:
                cursor.execute(_LISTEN)
            self._listening = raw

    def doubt(self) -> None:
        """Note that a look found what was not told."""
        self._doubted_until = time.monotonic() + _DOUBT

    @property
    def reliable(self) -> bool:
        """Whether it is enough to look each LOOK_EVERY seconds."""
        return self._listens and time.monotonic() > self._doubted_until

    def wait(self, seconds: float, position: EntryId | None) -> bool:
        """Wait for `seconds`, or until somebody tells of an entry other than those up to
        `position`, or calls `wake`; return whether something was told."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if self._told(position):
                    return True
                sources = [self._woken, *([self._listening] if self._listens else [])]
                ready, _, _ = select.select(sources, [], [], max(0.0, deadline - time.monotonic()))
            except (Error, OSError, ValueError):
                # The connection is broken: the look will tell, and open another.
                self._listening = None
                return False
            if not ready:
                return False
            if self._woken in ready:
                with suppress(BlockingIOError):
                    self._woken.recv(4_096)
                return False

    def wake(self) -> None:
        """End the wait; any thread may call it."""
        with suppress(OSError):  # it is about to end already, or nobody waits any more
            self._waker.send(b"!")

    def close(self) -> None:
        self._woken.close()
        self._waker.close()

    @property
    def _listens(self) -> bool:
        raw = self._session.connection.connection
        return raw is not None and raw is self._listening

    def _told(self, position: EntryId | None) -> bool:
        """Read what has come; return whether any of it is news."""
        if not self._listens:
            return False
        with self._session.connection.wrap_database_errors:
            told = [one.payload for one in self._listening.notifies(timeout=0)]
        return any(_is_news(payload, position) for payload in told)


def _is_news(payload: str, position: EntryId | None) -> bool:
    try:
        newest = EntryId.parse(payload)
    except ValueError:
        return True
    return position is None or newest.epoch != position.epoch or newest.seq > position.seq
