"""Fanout: hands what the log gained to every tail of this process, each entry once, in order."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

from dashboard.log.base import Entry, EntryId

HELD: Final = 10_000
"""Entries that wait for one slow tail; past that it reads them from the log instead."""
HELD_BYTES: Final = 2 * 2**20
"""Bytes of JSON that wait for it; a single batch does, whatever it has."""


class Subscription:
    """What a tail gets after `start`, for as long as it is "live". Belongs to the event loop."""

    def __init__(self, start: EntryId) -> None:
        self.start = start
        self.state: Literal["live", "behind", "closed"] = "live"
        self._batches: deque[list[Entry]] = deque()
        self._held = 0
        self._held_bytes = 0
        self._changed = asyncio.Event()

    def push(self, entries: list[Entry]) -> None:
        if self.state != "live":
            return
        self._batches.append(entries)
        self._held += len(entries)
        self._held_bytes += sum(entry.size for entry in entries)
        if self._held > HELD or (len(self._batches) > 1 and self._held_bytes > HELD_BYTES):
            self.end("behind")
        self._changed.set()

    def end(self, state: Literal["behind", "closed"]) -> None:
        self.state = state
        self._batches.clear()
        self._changed.set()

    async def take(self) -> list[Entry]:
        """Wait for entries and return all there are; none when it is no longer live."""
        while self.state == "live" and not self._batches:
            self._changed.clear()
            await self._changed.wait()
        taken = [entry for batch in self._batches for entry in batch]
        self._batches.clear()
        self._held = self._held_bytes = 0
        return taken


class Fanout:
    """The subscriptions, and how far the log was handed to them.

    `publish` and `move` may be called by any thread; the rest is the event loop's.
    `on_subscribe` is called whenever somebody begins to listen.
    """

    def __init__(self, on_subscribe: Callable[[], None]) -> None:
        self._on_subscribe = on_subscribe
        self.closed = False
        self._lock = threading.Lock()
        self._position: EntryId | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._subscriptions: set[Subscription] = set()

    @property
    def position(self) -> EntryId | None:
        """The last entry that was handed out; None while nobody listens."""
        return self._position

    @property
    def abandoned(self) -> bool:
        """Whether the event loop was closed and left those who listened behind."""
        return self._loop is not None and self._loop.is_closed()

    def subscribe(self, newest: EntryId) -> Subscription:
        """Start listening; `newest` is the log's newest entry, read just now."""
        self._loop = asyncio.get_running_loop()
        with self._lock:
            if self._position is None:
                self._position = newest
            subscription = Subscription(self._position)
            self._subscriptions.add(subscription)
        if self.closed:
            subscription.end("closed")
        else:
            self._on_subscribe()
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        with self._lock:
            self._subscriptions.discard(subscription)
            if not self._subscriptions:
                self._position = None

    def publish(self, entries: list[Entry]) -> bool:
        """Hand out the part of `entries` that is new; False when some before them are missing."""
        first, last = entries[0].id, entries[-1].id
        with self._lock:
            position = self._position
            if position is None or self._loop is None:
                return True
            if first.epoch != position.epoch or first.seq > position.seq + 1:
                return False
            if first.seq <= position.seq:
                entries = entries[position.seq + 1 - first.seq :]
            if entries:
                self._position = last
                # Within the lock, so that the loop gets them in the order of their numbers.
                self._loop.call_soon_threadsafe(self._deliver, entries)
        return True

    def move(self, newest: EntryId) -> None:
        """Go on from `newest`, though entries are missing; each tail finds out what it lost."""
        with self._lock:
            if self._position is not None and self._loop is not None:
                self._position = newest
                self._loop.call_soon_threadsafe(self._fall_behind)

    def close(self) -> None:
        """End every subscription, and those to come."""
        self.closed = True
        for subscription in self._subscriptions:
            subscription.end("closed")

    def _deliver(self, entries: list[Entry]) -> None:
        for subscription in self._subscriptions:
            subscription.push(entries)

    def _fall_behind(self) -> None:
        for subscription in self._subscriptions:
            if subscription.state == "live":
                subscription.end("behind")
