"""Tail: replay what is stored, then go live past it, with no gap between. For every log."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Final

from dashboard.log.base import CursorLost, Entry, EntryId, EventLog, LogUnavailable
from dashboard.log.fanout import Fanout, Subscription

logger = logging.getLogger("dashboard.log")

PAGE: Final = 1_000
"""Entries that a replay reads at a time."""
RETRY: Final = 0.2
"""Seconds between two attempts at a log that is unavailable."""


async def follow(log: EventLog, feed: Fanout, after: EntryId) -> AsyncGenerator[list[Entry], None]:
    """Yield as EventLog.tail promises."""
    tail = _Tail(log, feed, after)
    try:
        while not feed.closed:
            if batch := await tail.next():
                yield batch
    finally:
        tail.unsubscribe()


class _Tail:
    """One reader's place. It subscribes first and replays then: nothing falls between the two."""

    def __init__(self, log: EventLog, feed: Fanout, cursor: EntryId) -> None:
        self._log = log
        self._fanout = feed
        self._cursor = cursor
        self._subscription: Subscription | None = None
        self._replayed = False
        self._unavailable = False

    async def next(self) -> list[Entry]:
        """Return the next batch, or nothing when there is reason to ask again."""
        subscription = self._subscription
        try:
            if subscription is None or subscription.state != "live":
                batch = await self._subscribe()
            elif not self._replayed:
                batch = await self._replay(subscription)
            else:
                batch = self._contiguous(subscription, await subscription.take())
        except LogUnavailable as error:
            if self._fanout.closed:
                return []
            if not self._unavailable:
                logger.warning("tail waits for the log cursor=%s error=%s", self._cursor, error)
            self._unavailable = True
            await asyncio.sleep(RETRY)
            return []
        self._unavailable = False
        if batch:
            self._cursor = batch[-1].id
        return batch

    def unsubscribe(self) -> None:
        if self._subscription is not None:
            self._fanout.unsubscribe(self._subscription)
            self._subscription = None

    async def _subscribe(self) -> list[Entry]:
        self.unsubscribe()
        bounds = await self._log.bounds()
        reason = bounds.why_lost(self._cursor)
        if reason is not None:
            raise CursorLost(reason, self._cursor)
        self._subscription = self._fanout.subscribe(bounds.newest)
        self._replayed = False
        return []

    async def _replay(self, subscription: Subscription) -> list[Entry]:
        batch: list[Entry] = []
        if self._cursor.seq < subscription.start.seq:
            batch = await self._log.read(self._cursor, PAGE)
        # Nothing to read although the start lies ahead: the log is another one since; the feed
        # is about to end this subscription.
        self._replayed = not batch
        return batch

    def _contiguous(self, subscription: Subscription, batch: list[Entry]) -> list[Entry]:
        """Return what of `batch` is past the cursor; go back to reading if some is missing."""
        if batch and batch[0].id.seq <= self._cursor.seq:
            batch = [entry for entry in batch if entry.id.seq > self._cursor.seq]
        if batch and batch[0].id != (self._cursor.epoch, self._cursor.seq + 1):
            subscription.end("behind")
            return []
        return batch
