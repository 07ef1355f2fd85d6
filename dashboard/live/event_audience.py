"""EventAudience: the streams of /events/ that want the same."""

from collections.abc import Callable

from dashboard.live.audience import Audience
from dashboard.live.ring import Ring, Wanted
from dashboard.live.subscriber import Subscriber
from dashboard.log.base import EntryId


class EventAudience(Audience):
    """Nothing lost: every event once, in order. Who falls out of the ring is ended, and comes
    back with its cursor to be served from the log.

    `head` returns how far the hub has heard.
    """

    def __init__(
        self,
        wanted: Wanted,
        ring: Ring,
        head: Callable[[], EntryId],
        interval: float,
        on_empty: Callable[[], object],
    ) -> None:
        super().__init__(interval, on_empty)
        self._wanted = wanted
        self._ring = ring
        self._head = head
        self._told = head()
        self._added = ring.added

    @property
    def mark(self) -> int:
        return self._told.seq

    def hear(self) -> None:
        """Note that the ring has more; flush before it could forget what was not told yet."""
        many = self._head().seq - self._told.seq > self._ring.size // 2
        if many or self._ring.added - self._added > self._ring.most_bytes // 2:
            self.flush()
        else:
            self.schedule()

    def _news(self) -> bytes:
        cursor, self._told = self._told, self._head()
        self._added = self._ring.added
        behind = self._told.seq - cursor.seq
        return self._ring.after(cursor, behind, self._wanted)[0] if behind else b""

    def _missed(self, subscriber: Subscriber) -> bytes | None:
        cursor = EntryId(self._told.epoch, subscriber.seen)
        if not self._ring.holds(cursor):
            return None
        return self._ring.after(cursor, self._told.seq - cursor.seq, self._wanted)[0]
