"""Window: what the hub remembers of one producer, enough to draw its tiles."""

from collections import deque
from collections.abc import Sequence

from dashboard.history.past import AnyPast, Scope
from dashboard.log.base import Entry
from producers.state import ProducerState


class Window:
    """The latest `depth` entries of a producer, its state, and whether it has gone silent.

    They are fewer where they have more than `most_bytes` as JSON, but for the newest.

    `version` grows with each change, so that a drawing knows whether it is still true. Silence
    is measured on the monotonic clock: a wall clock that jumps makes nothing stale.
    """

    __slots__ = (
        "_counted",
        "_entries",
        "_heard",
        "_most_bytes",
        "depth",
        "expect_every",
        "pasts",
        "stale",
        "state",
        "version",
    )

    def __init__(self, depth: int, expect_every: float | None, most_bytes: int = 2**20) -> None:
        self._entries: deque[Entry] = deque(maxlen=depth)
        self._most_bytes = most_bytes
        self._heard = 0.0
        self._counted = 0.0
        self.depth = depth
        self.expect_every = expect_every
        self.pasts: dict[Scope, AnyPast] = {}
        """What its charts draw."""
        self.stale = False
        self.state: ProducerState | None = None
        self.version = 0

    @property
    def entries(self) -> Sequence[Entry]:
        """Oldest first."""
        return self._entries

    def hear(self, entries: Sequence[Entry], *, now: float) -> bool:
        """Take entries, oldest first, at `now` monotonic seconds; return False if none is new."""
        if self._entries and entries[0].id <= self._entries[-1].id:
            known = self._entries[-1].id
            entries = [entry for entry in entries if entry.id > known]
        if not entries:
            return False
        self._add(entries)
        for past in self.pasts.values():
            past.hear(entries)
        self._heard = now
        self.stale = False
        self.version += 1
        return True

    def prime(self, entries: Sequence[Entry], *, heard: float) -> None:
        """Put in front what the log held before this began to hear; the last was heard then."""
        live = list(self._entries)
        before = [entry for entry in entries if not live or entry.id < live[0].id]
        self._entries.clear()
        self._add([*before, *live])
        if not live:
            self._heard = heard
        self.version += 1

    def _add(self, entries: Sequence[Entry]) -> None:
        self._entries.extend(entries)
        size = sum(entry.size for entry in self._entries)
        while size > self._most_bytes and len(self._entries) > 1:
            size -= self._entries.popleft().size

    def set_state(self, state: ProducerState) -> None:
        self.state = state
        self.version += 1

    def check_stale(self, *, now: float) -> bool:
        """Notice silence, at `now` monotonic seconds; return whether that is news."""
        silent = bool(self.expect_every and self._entries and now - self._heard > self.expect_every)
        if silent == self.stale:
            return False
        self.stale = silent
        self.version += 1
        return True

    def check_held(self, *, now: float) -> bool:
        """Return whether its producer is held up, and a second more by now: that counts on."""
        if self.state is None or self.state.status != "blocked" or now < self._counted + 1:
            return False
        self._counted = now
        self.version += 1
        return True

    def clear(self) -> None:
        """Forget everything: the log has become another one."""
        self._entries.clear()
        for past in self.pasts.values():
            past.forget()
        self.state = None
        self.stale = False
        self.version += 1
