"""Pages of the log, read and encoded once for all who are behind."""

import asyncio

import pytest

from dashboard.live.cloudevents import encode
from dashboard.live.replay_cache import HELD, SIZE, ReplayCache
from dashboard.live.ring import Ring, Wanted
from dashboard.log.base import CursorLost, Entry, EntryId, LogUnavailable
from dashboard.log.memory import MemoryLog
from producers.base import utc_now
from producers.events import Event


class Log(MemoryLog):
    """Counts what it is asked, answers after a turn of the loop, and can be unavailable."""

    asked = 0
    available = True

    async def read(self, after: EntryId, limit: int) -> list[Entry]:
        self.asked += 1
        await asyncio.sleep(0)
        if not self.available:
            raise LogUnavailable("somebody holds it")
        return await super().read(after, limit)


class Reading:
    """A log, and a replay_cache whose hub has heard all of it and remembers nothing."""

    def __init__(self, max_entries: int | None = None) -> None:
        self.log = Log({"max_entries": max_entries})
        self.entries: list[Entry] = []
        self._frames: list[bytes] = []
        self.ring = Ring(100)
        self.head = EntryId("none", 0)
        self.replay_cache = ReplayCache(self.log, self.ring, lambda: self.head)

    async def add(self, count: int, length: int = 10) -> None:
        events = [
            Event(producer="ab"[n % 2], type="t", time=utc_now(), data={"text": "x" * length})
            for n in range(count)
        ]
        ids = (await self.log.append(events)).ids
        self.head = ids[-1]
        added = [Entry(i, event, utc_now()) for i, event in zip(ids, events, strict=True)]
        self.entries += added
        self._frames += map(encode, added)

    def at(self, seq: int) -> EntryId:
        return EntryId(self.head.epoch, seq)

    def frames(self, seq: int, step: int = 1) -> bytes:
        """Return what `rest` should: every, or every second frame after seq."""
        return b"".join(self._frames[seq::step])

    async def rest(self, seq: int, producers: frozenset[str] | None = None) -> bytes:
        """Return all that follows, piece by piece."""
        cursor, data = self.at(seq), b""
        while cursor != self.head:
            before = cursor
            chunk, cursor = await self.replay_cache.after(
                cursor, Wanted(producers), begins=before.seq == seq
            )
            assert cursor > before
            data += chunk.data if chunk is not None else b""
        return data


async def test_two_hundred_at_once_with_near_cursors_cost_one_reading_a_page() -> None:
    one = Reading()
    await one.add(8 * SIZE)
    starts = [n % 100 for n in range(200)]

    got = await asyncio.gather(*(one.rest(seq) for seq in starts))

    assert one.log.asked == 8
    assert all(data == one.frames(seq) for data, seq in zip(got, starts, strict=True))


async def test_who_comes_later_finds_the_pages_read() -> None:
    one = Reading()
    await one.add(4 * SIZE)
    await one.rest(0)

    late = await one.rest(SIZE + 7)

    assert one.log.asked == 4
    assert late == one.frames(SIZE + 7)


@pytest.mark.parametrize("length", [10, 1_000, 40_000])
async def test_from_every_start_nothing_is_missed(length: int) -> None:
    one = Reading()
    await one.add(SIZE + 20, length)

    for seq in [*range(0, SIZE + 20, 45), SIZE - 1, SIZE, SIZE + 1, SIZE + 19]:
        assert await one.rest(seq) == one.frames(seq)


async def test_only_the_producers_wanted_are_sent_and_the_cursor_moves_past_others() -> None:
    one = Reading()
    await one.add(SIZE)

    chunk, cursor = await one.replay_cache.after(one.at(0), Wanted(frozenset({"c"})), begins=True)

    assert (chunk, cursor) == (None, one.head)
    assert await one.rest(0, frozenset("b")) == one.frames(1, 2)


async def test_a_page_that_the_head_cut_short_is_read_again_when_there_is_more() -> None:
    one = Reading()
    await one.add(10)
    before = await one.rest(0)

    await one.add(10)

    assert before + await one.rest(10) == one.frames(0)
    assert await one.rest(3) == one.frames(3)


async def test_what_the_ring_holds_is_not_read() -> None:
    one = Reading()
    await one.add(100)
    one.ring.extend(one.entries)

    assert await one.rest(0) == one.frames(0)
    assert one.log.asked == 0


async def test_one_that_leaves_does_not_end_the_reading_for_the_others() -> None:
    one = Reading()
    await one.add(SIZE)
    leaving = asyncio.ensure_future(one.rest(0))
    staying = asyncio.ensure_future(one.rest(0))
    await asyncio.sleep(0)

    leaving.cancel()

    assert await staying == one.frames(0)
    assert one.log.asked == 1


async def test_an_unavailable_log_is_told_to_all_who_wait_and_asked_again() -> None:
    one = Reading()
    await one.add(SIZE)
    one.log.available = False

    told = await asyncio.gather(one.rest(0), one.rest(5), return_exceptions=True)
    one.log.available = True

    assert [type(error) for error in told] == [LogUnavailable] * 2
    assert await one.rest(0) == one.frames(0)


async def test_a_cursor_before_the_oldest_is_lost_and_costs_one_question() -> None:
    one = Reading(max_entries=SIZE)
    await one.add(2 * SIZE + 100)

    lost = await asyncio.gather(
        *(one.rest(seq) for seq in (0, 99, SIZE + 99)), return_exceptions=True
    )
    asked = one.log.asked
    for seq in range(50):
        with pytest.raises(CursorLost, match="trimmed"):
            await one.rest(seq)

    assert [error.reason for error in lost if isinstance(error, CursorLost)] == ["trimmed"] * 3
    assert one.log.asked == asked
    assert await one.replay_cache.oldest() == one.at(SIZE + 100)
    assert await one.rest(SIZE + 100) == one.frames(SIZE + 100)


async def test_memory_is_bounded_and_given_back() -> None:
    one = Reading()
    await one.add(40 * SIZE, length=1_000)

    await one.rest(0)
    held = one.replay_cache.held
    await one.replay_cache.aclose()

    assert HELD * 0.9 < held <= HELD
    assert one.replay_cache.held == 0


async def test_entries_too_many_to_be_kept_are_read_again_but_not_for_each_page() -> None:
    one = Reading()
    await one.add(SIZE, length=40_000)

    assert await one.rest(0) == one.frames(0)
    assert one.log.asked == 2
    assert one.replay_cache.held <= HELD
