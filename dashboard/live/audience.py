"""Audience: all the streams that are to get the same bytes. Made once, written to each."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from dashboard.live import sse
from dashboard.live.subscriber import Message, Subscriber, chunk


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
        self.subscribers: set[Subscriber] = set()

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

    def schedule(self) -> None:
        """Flush soon: now when idle, else as soon as the interval allows."""
        if self._timer is not None or not self.subscribers:
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
            self._write(self.subscribers, chunk(news))

    def join(self, subscriber: Subscriber, first: bytes) -> None:
        """Add a stream that is up to date once it has `first`.

        What was about to go out goes out before, so that nothing reaches it twice.
        """
        self.flush()
        subscriber.on_idle = self._catch_up
        subscriber.seen = self.mark
        self.subscribers.add(subscriber)
        if first:
            subscriber.write(chunk(first))

    def leave(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)
        if not self.subscribers:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self._on_empty()

    def cut_stalled(self, since: float) -> None:
        """Cut the connections that have taken nothing since then (loop time)."""
        for subscriber in list(self.subscribers):
            if subscriber.busy_since is not None and subscriber.busy_since < since:
                subscriber.cut()

    def broadcast(self, data: bytes) -> None:
        """Write `data` to everyone who is free; it is no part of what may not be missed."""
        message = chunk(data)
        for subscriber in list(self.subscribers):
            if not subscriber.busy and not subscriber.ended:
                subscriber.write(message)

    def end(self) -> None:
        """End every stream, for it to come back in a while."""
        for subscriber in list(self.subscribers):
            subscriber.end(sse.retry(1, 5))

    def _write(self, subscribers: Iterable[Subscriber], message: Message) -> None:
        mark = self.mark
        for subscriber in list(subscribers):
            if subscriber.busy_since is None and not subscriber.ended:
                subscriber.seen = mark
                subscriber.write(message)

    def _catch_up(self, subscriber: Subscriber) -> None:
        if subscriber.seen >= self.mark:
            return
        missed = self._missed(subscriber)
        if missed is None:
            subscriber.end(b"")
            return
        subscriber.seen = self.mark
        if missed:
            subscriber.write(chunk(missed))
