"""WallHandler: records of Python's logging become notes on the wall, and who logs never waits."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from producers.backoff import Backoff
from producers.notes import LONGEST
from producers.state import told

logger = logging.getLogger(__name__)

OURS: Final = ("dashboard", "producers", "django.db")
"""Loggers whose records are no notes: to store one makes more of them."""
_MOST_AT_ONCE: Final = 100
_AT_THE_END: Final = 2.0
"""Seconds that a process which ends leaves for what is still to be sent."""
_LONGEST_TITLE: Final = 200
_BACKOFF: Final = Backoff(0.5, 30.0)


class WallHandler(logging.Handler):
    """Sends each record to `producer`, a `producers.notes.NotesProducer`, by a thread of its own.

    What is logged while `capacity` records wait is dropped, and counted: the next note says how
    many. Works in any process of the project, before and after a fork; who logs never waits.
    """

    def __init__(
        self,
        producer: str = "log",
        level: int | str = logging.NOTSET,
        capacity: int = 1_000,
        *,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        super().__init__(level)
        if capacity < 1:
            raise ValueError(f"capacity is {capacity}; legal is 1 or more records")
        self.producer = producer
        self.capacity = capacity
        self._sleep = sleep
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._complaint = ""
        self._waiting: deque[dict[str, Any]] = deque()
        self._turn = threading.Condition(threading.Lock())
        self._dropped = 0
        self._sending = 0
        self._thread: threading.Thread | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave out what comes of sending: before anything is locked, for `flush` waits for it."""
        if _is_ours(record.name) or threading.current_thread() is self._thread:
            return False
        return super().filter(record)

    def emit(self, record: logging.LogRecord) -> None:
        if self._process != os.getpid():  # a fork has nothing of its parent's thread
            self._begin()
        try:
            note = self._note(record)
        except Exception:
            return self.handleError(record)
        with self._turn:
            if len(self._waiting) + self._sending >= self.capacity:
                self._dropped += 1
                return
            self._waiting.append(note)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="log-notes", daemon=True)
                self._thread.start()
            self._turn.notify_all()

    def flush(self) -> None:
        """Return when all is sent that was logged, or after two seconds."""
        if self._process != os.getpid():
            return
        with self._turn:
            self._turn.wait_for(lambda: not self._waiting and not self._sending, _AT_THE_END)

    def _note(self, record: logging.LogRecord) -> dict[str, Any]:
        if self.formatter is not None:
            text = self.format(record)
        else:
            text = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                error = record.exc_info[1]
                text = f"{text}: {type(error).__name__}: {error}"
        return {
            "text": _fit(text, LONGEST),
            "level": _level(record.levelno),
            "title": _fit(record.name, _LONGEST_TITLE),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }

    def _work(self) -> None:
        from django.apps import apps

        # What is logged while the project is being imported waits until it can be sent.
        apps.ready_event.wait()
        while True:
            self._send(self._take())

    def _take(self) -> list[dict[str, Any]]:
        with self._turn:
            self._turn.wait_for(lambda: self._waiting or self._dropped)
            count = min(_MOST_AT_ONCE, len(self._waiting))
            taken = [self._waiting.popleft() for _ in range(count)]
            dropped, self._dropped = self._dropped, 0
            self._sending = len(taken)
        if dropped:
            text = f"{dropped} records of the log dropped: too many at once"
            taken.append({"text": text, "level": "warn", "title": __name__})
        return taken

    def _send(self, notes: Sequence[dict[str, Any]]) -> None:
        """Send `notes`, again and again while the log is away."""
        from django.db import close_old_connections

        from dashboard.http.problems import Refused
        from dashboard.wall import sending

        failures = 0
        while True:
            try:
                close_old_connections()
                sending.send(
                    self.producer, notes, type=None, subject=None, key=None, on_commit=False
                )
            except Refused as refused:
                if refused.code == "log-unavailable":
                    failures += 1
                    self._sleep(_BACKOFF.delay(failures))
                    continue
                self._complain(str(refused))
            except Exception as error:  # the thread goes on, whatever is wrong with these
                self._complain(told(error))
            break
        with self._turn:
            self._sending = 0
            self._turn.notify_all()

    def _complain(self, why: str) -> None:
        """Say in the log of this process what keeps records from the wall, once of each reason."""
        if why != self._complaint:
            self._complaint = why
            logger.error("records not on the wall producer=%s error=%s", self.producer, why)


def _is_ours(name: str) -> bool:
    return any(name == ours or name.startswith(f"{ours}.") for ours in OURS)


def _level(number: int) -> str:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warn"
    return "info" if number >= logging.INFO else "debug"


def _fit(text: str, longest: int) -> str:
    """Return `text` as a note may hold it: not blank, not longer, without what no log can hold."""
    text = text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode().strip()
    if not any(sign.isprintable() and not sign.isspace() for sign in text):
        return "(empty)"
    return text if len(text) <= longest else text[: longest - 1] + "…"
