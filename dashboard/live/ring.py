"""Ring: the newest entries of the log in memory, without a gap, and their bytes for /events/."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from dashboard.live.cloudevents import encode
from dashboard.live.sse import unnamed
from dashboard.log.base import Entry, EntryId, EventLog

_BESIDE: Final = 200
"""Bytes that an entry takes beside its frame."""
_SMALL: Final = 2_000
"""Bytes of an entry as JSON that is kept as it is until somebody wants it."""
_PARSED: Final = 5
"""How many times as many bytes such an entry takes as its JSON."""

_PAGE: Final = 1_000
"""Entries read from the log at once."""


class Wanted(NamedTuple):
    """What a stream of /events/ is to carry."""

    producers: frozenset[str] | None = None
    """None: all."""
    named: bool = True
    """Whether an event goes by its producer's name; else it is a `message`."""

    def has(self, producer: str) -> bool:
        return (
            not producer.startswith("_") if self.producers is None else producer in self.producers
        )


class Kept:
    """What is left of an entry: whose it is, and its bytes for /events/.

    One that is small is encoded when the first client needs it, which may be never; of a large
    one the bytes take much less memory. `size` is how many bytes it takes, roughly.
    """

    __slots__ = ("_entry", "_frame", "id", "producer", "size")

    def __init__(self, entry: Entry) -> None:
        self.id = entry.id
        self.producer = entry.event.producer
        self._entry: Entry | None = entry
        self._frame = b""
        size = entry.size
        self.size = _PARSED * size if size <= _SMALL else _BESIDE + len(self.frame)

    @property
    def frame(self) -> bytes:
        if self._entry is not None:
            self._frame, self._entry = encode(self._entry), None
        return self._frame

    def wanted_by(self, wanted: Wanted) -> bytes:
        """Return what a stream that wants this is sent; b"" for nothing."""
        if not wanted.has(self.producer):
            return b""
        return self.frame if wanted.named else unnamed(self.frame)


class Ring:
    """The last `size` entries, so that clients which resume cost the log no read.

    They are fewer where they have more than `most_bytes`. `added` is how many bytes came in all.
    """

    def __init__(self, size: int, most_bytes: int = 64 * 2**20) -> None:
        self.size = size
        self.most_bytes = most_bytes
        self.added = 0
        self._kept: deque[Kept] = deque()
        self._bytes = 0

    def extend(self, entries: Iterable[Entry]) -> None:
        """Add entries that follow the newest."""
        before = self._bytes
        for entry in entries:
            kept = Kept(entry)
            self._kept.append(kept)
            self._bytes += kept.size
        fresh = self._bytes - before
        self.added += fresh
        # What came with these, and half of the rest: streams may not have been told of it yet.
        most_bytes = max(self.most_bytes, fresh + self.most_bytes // 2)
        while len(self._kept) > self.size or self._bytes > most_bytes:
            self._bytes -= self._kept.popleft().size

    async def fill(self, log: EventLog, newest: EntryId) -> None:
        """Hold what the log has up to `newest`. Raises CursorLost and LogUnavailable."""
        self.clear()
        cursor = max(
            EntryId(newest.epoch, max(0, newest.seq - self.size)), (await log.bounds()).cursor
        )
        while cursor.seq < newest.seq:
            page = await log.read(cursor, min(_PAGE, newest.seq - cursor.seq))
            self.extend(page)
            cursor = page[-1].id

    def clear(self) -> None:
        self._kept.clear()
        self._bytes = 0

    def holds(self, cursor: EntryId) -> bool:
        """Whether every entry after `cursor`, up to the newest, is here."""
        if not self._kept:
            return False
        oldest = self._kept[0].id
        return cursor.epoch == oldest.epoch and cursor.seq + 1 >= oldest.seq

    def after(self, cursor: EntryId, limit: int, wanted: Wanted) -> tuple[bytes, EntryId]:
        """Return the bytes of what follows `cursor`, and the cursor after them.

        At most `limit` entries are looked at.
        """
        chunks = []
        for kept in self.following(cursor, limit):
            cursor = kept.id
            chunks.append(kept.wanted_by(wanted))
        return b"".join(chunks), cursor

    def following(self, cursor: EntryId, limit: int) -> Iterator[Kept]:
        """Return the first `limit` entries after `cursor`, oldest first."""
        if not self._kept:
            return iter(())
        # Most readers want the newest few, and a deque is quick only near its ends.
        behind = self._kept[-1].id.seq - cursor.seq
        if behind <= len(self._kept) // 2:
            newest = list(islice(reversed(self._kept), behind))
            return islice(reversed(newest), limit)
        start = max(0, len(self._kept) - behind)
        return islice(self._kept, start, start + limit)
