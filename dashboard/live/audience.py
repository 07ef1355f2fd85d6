"""Audience: all the streams that are to get the same bytes. Made once, written to each."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable

from dashboard.live.chunk import Chunk
from dashboard.live.subscriber import Subscriber


class Audience(ABC):
    """Open streams that see the same things, flushed together.

    It lives as long as it has streams: `on_empty` is called when the last one has left.
    After idle, what happens goes out at once; while busy, at most one write per client each
    `interval` seconds, with everything since. A client that is slow gets what it missed when it
    is free again, and holds up nobody.
    """

    def __init__(self, interval: float, on_empty: Callable[[], object]) -> None:
        self._interval = interval
        self._on_empty = on_empty
        self._last_flush = 0.0
        self._timer: asyncio.Handle | None = None
        self._free: set[Subscriber] = set()
        self._busy: set[Subscriber] = set()

    @abstractmethod
    def _news(self) -> bytes:
        """Return what happened since the last call, for everyone, and note `mark` as told."""

    @abstractmethod
    def _missed(self, subscriber: Subscriber) -> bytes | None:
        """Return what `subscriber` has not seen, b"" for nothing; None: too much, end it."""

    @property
    @abstractmethod
    def mark(self) -> int:
        """How far this audience has been told; what `Subscriber.seen` is compared with."""

    @property
    def subscribers(self) -> set[Subscriber]:
        """Everyone, free and busy."""
        return self._free | self._busy

    def __len__(self) -> int:
        return len(self._free) + len(self._busy)

    def schedule(self) -> None:
        """Flush soon: now when idle, else as soon as the interval allows."""
        if self._timer is not None or not len(self):
            return
        loop = asyncio.get_running_loop()
        due = self._last_flush + self._interval
        self._timer = (
            loop.call_soon(self.flush) if due <= loop.time() else loop.call_at(due, self.flush)
        )

    def flush(self) -> None:
        """Write the news to everyone who is free."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._last_flush = asyncio.get_running_loop().time()
        if news := self._news():
            self.broadcast(news)

    def join(self, subscriber: Subscriber, first: bytes) -> None:
        """Add a stream that is up to date once it has `first`.

        What was about to go out goes out before, so that nothing reaches it twice.
        """
        self.flush()
        subscriber.seen = self.mark
        subscriber.audience = self
        (self._free if subscriber.busy_since is None else self._busy).add(subscriber)
        if first:
            subscriber.put(Chunk(first))

    def leave(self, subscriber: Subscriber) -> None:
        """Remove a stream that is over; one that has left already may be told again."""
        if subscriber.audience is not self:
            return
        subscriber.audience = None
        self._free.discard(subscriber)
        self._busy.discard(subscriber)
        if not len(self):
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self._on_empty()

    def pause(self, subscriber: Subscriber) -> None:
        """Leave out one that takes no more, having been told everything up to now."""
        if subscriber in self._free:
            subscriber.seen = self.mark
            self._free.discard(subscriber)
            self._busy.add(subscriber)

    def resume(self, subscriber: Subscriber) -> None:
        """Take one back that is free again, and give it what it missed."""
        if subscriber not in self._busy:
            return
        missed = self._missed(subscriber) if subscriber.seen < self.mark else b""
        if missed is None:
            subscriber.end(b"")
            return
        self._busy.discard(subscriber)
        self._free.add(subscriber)
        if missed:
            subscriber.put(Chunk(missed))

    def cut_stalled(self, since: float) -> None:
        """Cut the connections that have taken nothing since then (loop time)."""
        for subscriber in list(self._busy):
            if subscriber.busy_since is None:
                continue
            if subscriber.has_taken():
                subscriber.busy_since = asyncio.get_running_loop().time()
            elif subscriber.busy_since < since:
                subscriber.cut()

    def broadcast(self, data: bytes) -> None:
        """Write `data` to everyone who is free."""
        chunk = Chunk(data)
        # A copy: who is full after this write pauses at once.
        for subscriber in tuple(self._free):
            subscriber.put(chunk)

    def end(self) -> None:
        """End every stream, for it to come back in a while: it was told when at its beginning."""
        for subscriber in self.subscribers:
            subscriber.end(b"")
