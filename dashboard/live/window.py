"""Window: what the hub remembers of one producer, enough to draw its tiles."""

from collections import deque
from collections.abc import Sequence
from itertools import count
from typing import Final

from dashboard.history.past import AnyPast, Scope
from dashboard.live.newest import Newest
from dashboard.live.roster import Roster
from dashboard.log.base import Entry
from producers.state import ProducerState

_SHARE: Final = 8
"""The part of a producer's bytes that one of its subjects may take."""
_born: Final = count()


class Window:
    """The latest `depth` entries of a producer, its state, and whether it has gone silent.

    They are fewer where they have more than `most_bytes` as JSON, but for the newest.

    While somebody shows a subject of it, it holds a window of that subject too, so that no other
    one's entries push its own out; where a tile stands for each subject, the `roster` of them; and
    where a tile shows them all at once, the `newest` of each.

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
        "newest",
        "pasts",
        "roster",
        "stale",
        "state",
        "subjects",
        "unprimed",
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
        self.subjects: dict[str, Window] = {}
        """By the subject, "" for what is about nothing."""
        self.unprimed: set[str] = set()
        """Those of them that do not know yet what was before them."""
        self.roster: Roster | None = None
        self.newest: Newest | None = None

    def show_each(self) -> None:
        """Have the newest entry of each subject from now on."""
        if self.newest is None:
            self.newest = Newest(self._most_bytes)

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
        if self.newest is not None:
            self.newest.hear(entries)
        for past in self.pasts.values():
            past.hear(entries)
        self._heard = now
        self.stale = False
        self.version += 1
        if self.subjects:
            for subject, about in _by_subject(entries).items():
                if subject in self.subjects:
                    self.subjects[subject].hear(about, now=now)
        return True

    def take_over(self, other: "Window") -> None:
        """Go on with all that a window of the same producer has beside its entries."""
        self.pasts, self.roster, self.newest = other.pasts, other.roster, other.newest
        self.subjects, self.unprimed = other.subjects, other.unprimed
        if other.state is not None:
            self.set_state(other.state)

    def about(self, subject: str, depth: int) -> "Window":
        """Return the window of one subject, of at least this depth. It is a new one, and not
        primed, where there was none."""
        window = self.subjects.get(subject)
        if window is None or window.depth < depth:
            window = Window(depth, self.expect_every, self._most_bytes // _SHARE)
            # What was drawn of an earlier window of the same subject is not taken for this one's.
            window.version = next(_born) << 32
            window.state = self.state
            self.subjects[subject] = window
            self.unprimed.add(subject)
        return window

    def drop(self, subject: str) -> None:
        """Forget the window of a subject that nobody shows any more."""
        self.subjects.pop(subject, None)
        self.unprimed.discard(subject)

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

    def change(self) -> None:
        """Note that all that is drawn of it looks different."""
        self.version += 1
        for window in self.subjects.values():
            window.version += 1

    def set_state(self, state: ProducerState) -> None:
        self.state = state
        for window in self.subjects.values():
            window.state = state
        self.change()

    def check_stale(self, *, now: float) -> bool:
        """Notice silence, at `now` monotonic seconds; return whether that is news."""
        silent = bool(self.expect_every and self._entries and now - self._heard > self.expect_every)
        # Not any(): each is to be looked at.
        news = [window for window in self.subjects.values() if window.check_stale(now=now)]
        if silent == self.stale:
            return bool(news)
        self.stale = silent
        self.version += 1
        return True

    def check_held(self, *, now: float) -> bool:
        """Return whether its producer is held up, and a second more by now: that counts on."""
        if self.state is None or self.state.status != "blocked" or now < self._counted + 1:
            return False
        self._counted = now
        self.change()
        return True

    def expect(self, every: float | None) -> None:
        """Take the seconds of silence that it may have, and each subject of it."""
        self.expect_every = every
        for window in self.subjects.values():
            window.expect_every = every

    def clear(self) -> None:
        """Forget everything: the log has become another one."""
        self._entries.clear()
        for past in self.pasts.values():
            past.forget()
        for window in self.subjects.values():
            window.clear()
        self.unprimed.update(self.subjects)
        if self.roster is not None:
            self.roster.clear()
        if self.newest is not None:
            self.newest.clear()
        self.state = None
        self.stale = False
        self.version += 1


def _by_subject(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.event.subject or "", []).append(entry)
    return found
