"""Ring: the newest entries of the log in memory, without a gap, and their bytes for /events/."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from dashboard.live.cloudevents import encode
from dashboard.live.sse import unnamed
from dashboard.log.base import Entry, EntryId


class Wanted(NamedTuple):
    """What a stream of /events/ is to carry."""

    producers: frozenset[str] | None = None
    """None: all."""
    named: bool = True
    """Whether an event goes by its producer's name; else it is a `message`."""

    def has(self, entry: Entry) -> bool:
        name = entry.event.producer
        return not name.startswith("_") if self.producers is None else name in self.producers


class Ring:
    """The last `size` entries, so that clients which resume cost the log no read.

    Each entry is encoded at most once, when the first client needs it.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._entries: deque[Entry] = deque(maxlen=size)
        self._bytes: dict[int, bytes] = {}

    def extend(self, entries: Iterable[Entry]) -> None:
        """Add entries that follow the newest."""
        oldest = self._entries[0].id.seq if self._entries else 0
        self._entries.extend(entries)
        if self._bytes:
            for seq in range(oldest, self._entries[0].id.seq):
                self._bytes.pop(seq, None)

    def clear(self) -> None:
        self._entries.clear()
        self._bytes.clear()

    def holds(self, cursor: EntryId) -> bool:
        """Whether every entry after `cursor`, up to the newest, is here."""
        if not self._entries:
            return False
        oldest = self._entries[0].id
        return cursor.epoch == oldest.epoch and cursor.seq + 1 >= oldest.seq

    def after(self, cursor: EntryId, limit: int, wanted: Wanted) -> tuple[bytes, EntryId]:
        """Return the bytes of what follows `cursor`, and the cursor after them.

        At most `limit` entries are looked at.
        """
        chunks = []
        for entry in self.following(cursor, limit):
            cursor = entry.id
            if wanted.has(entry):
                frame = self._encoded(entry)
                chunks.append(frame if wanted.named else unnamed(frame))
        return b"".join(chunks), cursor

    def following(self, cursor: EntryId, limit: int) -> Iterator[Entry]:
        """Return the first `limit` entries after `cursor`, oldest first."""
        if not self._entries:
            return iter(())
        # Most readers want the newest few, and a deque is quick only near its ends.
        behind = self._entries[-1].id.seq - cursor.seq
        if behind <= len(self._entries) // 2:
            newest = list(islice(reversed(self._entries), behind))
            return islice(reversed(newest), limit)
        start = max(0, len(self._entries) - behind)
        return islice(self._entries, start, start + limit)

    def _encoded(self, entry: Entry) -> bytes:
        data = self._bytes.get(entry.id.seq)
        if data is None:
            data = self._bytes[entry.id.seq] = encode(entry)
        return data
