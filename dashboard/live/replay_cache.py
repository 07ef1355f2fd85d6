"""ReplayCache: pages of the log for streams that are far behind, each made once for all."""

import asyncio
import contextvars
from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from dashboard.live.chunk import Chunk
from dashboard.live.cloudevents import encode
from dashboard.live.ring import Kept, Ring, Wanted
from dashboard.live.sse import unnamed
from dashboard.log.base import CursorLost, Entry, EntryId, EventLog
from dashboard.lru import LRU

SIZE: Final = 250
"""Entries read from the log at once."""
HELD: Final = 8_000_000
"""Bytes of pages kept for those who come next."""
PAGE: Final = 131_072
"""Bytes of a page, unless it has a single entry: what one client is sent at once, and what is
encoded before the loop does something else."""
_BESIDE: Final = 4_096
"""Bytes that a page takes beside those that it sends."""


class _Key(NamedTuple):
    wanted: Wanted
    epoch: str
    start: int


class _Page:
    """What is sent of the entries after seq `after`, up to and with `upto`."""

    def __init__(self, after: int, frames: list[bytes]) -> None:
        self.after = after
        self.upto = after + len(frames)
        # Where in the bytes that begins which follows each cursor.
        self._starts = array("Q", (0, *accumulate(map(len, frames))))
        self._chunk = Chunk(b"".join(frames))

    @property
    def size(self) -> int:
        """Bytes of memory, roughly."""
        return _BESIDE + len(self._chunk.data)

    def following(self, seq: int) -> Chunk | None:
        """Return what follows `seq`; None when that is no byte."""
        start = self._starts[seq - self.after]
        if start == len(self._chunk.data):
            return None
        return Chunk(self._chunk.data[start:]) if start else self._chunk


class ReplayCache:
    """Streams that go over the same part of the log cost it one read, whenever each began.

    Pages begin at fixed numbers, so that cursors that are near each other share them. Those who
    want a page while it is read wait for the same reading. `head` returns how far the hub has
    heard, which no page goes beyond. `held` is the bytes of the pages that are kept. It belongs to
    one event loop; `aclose` ends what it reads.
    """

    def __init__(self, log: EventLog, ring: Ring, head: Callable[[], EntryId]) -> None:
        self._log = log
        self._ring = ring
        self._head = head
        self._oldest = EntryId("none", 0)
        self._kept: LRU[_Key, _Page] = LRU(HELD, lambda page: page.size)
        self._reading: dict[_Key | None, asyncio.Task[list[_Page]]] = {}

    @property
    def held(self) -> int:
        return self._kept.held

    async def oldest(self) -> EntryId:
        """Return the cursor before the oldest entry, as far as is known: since then, the log may
        have forgotten more. Raises LogUnavailable."""
        if self._oldest.epoch != self._head().epoch:
            await self._once(None)
        return self._oldest

    async def after(
        self, cursor: EntryId, wanted: Wanted, *, begins: bool
    ) -> tuple[Chunk | None, EntryId]:
        """Return some of what follows `cursor`, None for no bytes, and the cursor after it.

        The cursor must be of the head's epoch, and not beyond it; `begins` says that it is the
        client's own, and not one that this returned. It stays where it is if the log holds
        nothing that follows. Raises CursorLost and LogUnavailable.
        """
        if cursor.epoch == self._oldest.epoch and cursor.seq < self._oldest.seq:
            raise CursorLost("trimmed", cursor)
        key = _Key(wanted, cursor.epoch, cursor.seq)
        page = None
        if begins:
            # Clients that were cut off at once have seen almost the same: they share a page.
            page = await self._page(key._replace(start=cursor.seq - cursor.seq % SIZE), cursor.seq)
        if page is None:
            page = await self._page(key, cursor.seq)
        if page is None:
            return None, cursor
        if cursor.seq < page.after:
            raise CursorLost("trimmed", cursor)
        return page.following(cursor.seq), cursor._replace(seq=page.upto)

    async def aclose(self) -> None:
        """End the readings under way, and forget all pages."""
        readings = list(self._reading.values())
        for reading in readings:
            reading.cancel()
        await asyncio.gather(*readings, return_exceptions=True)
        self._kept.clear()

    async def _page(self, key: _Key, seq: int) -> _Page | None:
        """Return the page with the entry after `seq`, which is kept or follows `key.start`."""
        page = self._kept.get(key)
        if page is not None:
            return page if seq < page.upto else None
        return next((page for page in await self._once(key) if seq < page.upto), None)

    async def _once(self, key: _Key | None) -> list[_Page]:
        """Wait until the pages are read, now if nobody has them read already; None: the bounds."""
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.create_task(
                self._bounds() if key is None else self._pages(key), context=contextvars.Context()
            )
            reading.add_done_callback(lambda done: self._over(key, done))
        # A client that leaves must not end what others wait for.
        return await asyncio.shield(reading)

    def _over(self, key: _Key | None, reading: "asyncio.Task[list[_Page]]") -> None:
        del self._reading[key]
        if reading.cancelled() or reading.exception() is not None or key is None:
            return
        # The first are wanted first, so they are forgotten last.
        for page in reversed(reading.result()):
            start = key.start if page is reading.result()[0] else page.after
            self._kept.put(key._replace(start=start), page)

    async def _bounds(self) -> list[_Page]:
        self._oldest = (await self._log.bounds()).cursor
        return []

    async def _pages(self, key: _Key) -> list[_Page]:
        """Read from `key.start` to the next number at which pages begin."""
        start = EntryId(key.epoch, key.start)
        end = key.start - key.start % SIZE + SIZE
        if start.epoch == self._oldest.epoch:
            start = max(start, self._oldest)
        try:
            entries = await self._entries(start, end)
        except CursorLost as lost:
            if lost.reason != "trimmed":
                raise
            await self._bounds()
            start = self._oldest
            if start.epoch != key.epoch or start.seq >= end:
                raise
            entries = await self._entries(start, end)
        pages: list[_Page] = []
        frames: list[bytes] = []
        size, after = 0, start.seq
        for entry in entries:
            frame = _frame(entry, key.wanted)
            if frames and size + len(frame) > PAGE:
                pages.append(_Page(after, frames))
                frames, size, after = [], 0, entry.id.seq - 1
                await asyncio.sleep(0)
            frames.append(frame)
            size += len(frame)
        return [*pages, _Page(after, frames)] if frames else []

    async def _entries(self, start: EntryId, end: int) -> Sequence[Entry | Kept]:
        """Return the entries after `start` up to `end`, from memory if they are there."""
        head = self._head()
        count = min(end, head.seq) - start.seq
        if count <= 0 or head.epoch != start.epoch:
            return []
        if self._ring.holds(start):
            return list(self._ring.following(start, count))
        return await self._log.read(start, count)


def _frame(entry: Entry | Kept, wanted: Wanted) -> bytes:
    if isinstance(entry, Kept):
        return entry.wanted_by(wanted)
    if not wanted.has(entry.event.producer):
        return b""
    frame = encode(entry)
    return frame if wanted.named else unnamed(frame)
