"""Poller: the thread that notices what other processes appended; it looks, or is told."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import connections

from dashboard.log.base import LogUnavailable
from dashboard.log.fanout import Fanout
from dashboard.log.notifications import LOOK_EVERY, Notifications
from dashboard.log.queries import PAGE, entries_after
from dashboard.log.sequence import HighWater, read_head
from dashboard.log.session import Session

logger = logging.getLogger("dashboard.log")

RETRY: Final = 0.2
"""Seconds between two attempts at a database that is unavailable."""


class Poller:
    """Reads the head every `interval` seconds while anybody listens, and what is missing.

    Where the database tells of what is appended, it looks when told, and else once a second.
    """

    def __init__(
        self,
        alias: str,
        interval: float,
        feed: Fanout,
        water: HighWater,
        now: Callable[[], datetime],
    ) -> None:
        self._session = Session(alias)
        self._interval = interval
        self._fanout = feed
        self._water = water
        self._now = now
        # Released to wake the thread: an Event would do the same, with twice the work for a wait
        # that happens all day long.
        self._wake = threading.Lock()
        self._wake.acquire()
        self._stopping = False
        self._unavailable = False
        self._told = True
        self._thread: threading.Thread | None = None
        self._news: Notifications | None = None

    def start(self) -> None:
        """Poll from now on; called again, it only wakes the thread."""
        if self._thread is None:
            if connections.settings[self._session.alias]["ENGINE"].endswith("postgresql"):
                self._news = Notifications(self._session)
            # A daemon for the reason that the writer is one.
            self._thread = threading.Thread(target=self._poll, name="log-poller", daemon=True)
            self._thread.start()
        self.wake()

    def wake(self) -> None:
        """Look now instead of at the next turn; any thread may call it."""
        # Released already: it is about to look.
        with suppress(RuntimeError):
            self._wake.release()
        if self._news is not None:
            self._news.wake()

    def stop(self) -> None:
        """End the thread and its connection; blocks until the look under way is over."""
        self._stopping = True
        self.wake()
        if self._thread is not None:
            self._thread.join()

    def _poll(self) -> None:
        try:
            while not (self._stopping or self._fanout.abandoned):
                seconds = self._turn()
                if self._news is None:
                    self._wake.acquire(timeout=seconds)
                else:
                    self._told = self._news.wait(seconds, self._fanout.position)
        finally:
            self._session.close()
            if self._news is not None:
                self._news.close()

    def _turn(self) -> float:
        """Look once; return the seconds to wait, unless woken."""
        if self._fanout.position is None:
            return threading.TIMEOUT_MAX
        try:
            more = self._session.run(self._look)
        except Exception as error:
            if not self._unavailable:
                # A traceback only for what is no fault of the database: it should not happen.
                unexpected = not isinstance(error, LogUnavailable)
                logger.warning("log unavailable, waiting error=%s", error, exc_info=unexpected)
            self._unavailable = True
            return RETRY
        if self._unavailable:
            logger.info("log available again")
        self._unavailable = False
        if more:
            return 0
        if self._news is not None and self._news.reliable:
            return max(self._interval, LOOK_EVERY)
        return self._interval

    def _look(self, session: Session) -> bool:
        """Hand out a page of what is missing; return whether there is more."""
        if self._news is not None:
            self._news.listen()
        head = read_head(session, self._water, self._now)
        position = self._fanout.position
        if position is None or head.id == position:
            return False
        if head.epoch != position.epoch:
            self._fanout.move(head.id)
            return False
        if head.seq <= position.seq:
            return False
        if self._news is not None and not self._told:
            self._news.doubt()
        page = entries_after(session, position, PAGE)
        # Trimmed before they were read: whoever still wanted them is told by its next read.
        if not page or not self._fanout.publish(page):
            self._fanout.move(head.id)
            return False
        return page[-1].id.seq < head.seq
