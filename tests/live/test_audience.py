"""What both kinds of audience promise, and what only one of them does."""

import asyncio

import pytest

from dashboard.live.event_audience import EventAudience
from dashboard.live.ring import Ring, Wanted
from dashboard.live.tile_audience import Shown, TileAudience
from dashboard.log.base import EntryId
from dashboard.tiles.config import Tile
from dashboard.widgets.feed import FeedWidget
from tests.support.client import Client
from tests.support.entries import entry

INTERVAL = 0.05


def tile(name: str, refresh: float | None = None) -> Tile:
    return Tile(name, name, FeedWidget(), name, columns=1, rows=1, refresh=refresh)


class Tiles:
    """A tile audience whose drawings are counters, to see which state a client was sent."""

    def __init__(self, refresh: float | None = None, pace: float | None = None) -> None:
        """`refresh` is that of tile a, `pace` that of the page."""
        self.state = {"a": 0, "b": 0}
        self.draws = 0
        self.emptied = 0
        self.audience = TileAudience(
            Shown((tile("a", refresh), tile("b")), refresh=pace),
            self._draw,
            INTERVAL,
            self._on_empty,
        )

    def _draw(self, drawn: Tile) -> bytes:
        self.draws += 1
        return f"{drawn.id}{self.state[drawn.id]};".encode()

    def _on_empty(self) -> None:
        self.emptied += 1

    def change(self, name: str) -> None:
        self.state[name] += 1
        self.audience.touch([name])


class Events:
    """An event audience on a ring that tests extend."""

    def __init__(self, size: int = 100) -> None:
        self.ring = Ring(size)
        self.head = EntryId("e", 0)
        self.audience = EventAudience(
            Wanted(), self.ring, lambda: self.head, INTERVAL, lambda: None
        )

    def add(self, count: int) -> None:
        for seq in range(self.head.seq + 1, self.head.seq + count + 1):
            self.ring.extend([entry(seq)])
            self.head = EntryId("e", seq)
            self.audience.hear()


def ids(client: Client) -> list[int]:
    lines = client.text.split(b"\n")
    return [int(line.partition(b"-")[2]) for line in lines if line.startswith(b"id: ")]


async def test_after_idle_a_change_goes_out_at_once() -> None:
    tiles, client = Tiles(), Client()
    tiles.audience.join(client.subscriber, tiles.audience.snapshot())
    await asyncio.sleep(INTERVAL)

    tiles.change("a")
    for _ in range(5):
        await asyncio.sleep(0)

    assert client.taken == [b"a0;b0;", b"a1;"]


async def test_while_busy_changes_are_gathered_and_only_the_latest_state_is_drawn() -> None:
    tiles, client = Tiles(), Client()
    tiles.audience.join(client.subscriber, b"")
    tiles.change("a")
    await client.until(b"a1;")
    drawn = tiles.draws

    for _ in range(100):
        tiles.change("a")
    tiles.change("b")
    await client.until(b"b1;")

    assert client.taken == [b"a1;", b"a101;b1;"]
    assert tiles.draws == drawn + 2


async def test_a_tile_with_a_refresh_waits_and_holds_up_no_other() -> None:
    tiles, client = Tiles(refresh=3_600), Client()
    tiles.audience.join(client.subscriber, b"")
    tiles.change("a")
    await client.until(b"a1;")

    for state in (1, 2):
        tiles.change("a")
        tiles.change("b")
        await client.until(b"b%d;" % state)

    assert client.taken == [b"a1;", b"b1;", b"b2;"]
    assert tiles.audience.snapshot() == b"a3;b2;"
    tiles.audience.leave(client.subscriber)


async def test_a_tile_with_a_refresh_is_drawn_as_it_is_when_that_is_over() -> None:
    tiles, client = Tiles(refresh=4 * INTERVAL), Client()
    tiles.audience.join(client.subscriber, b"")
    tiles.change("a")
    await client.until(b"a1;")

    for _ in range(5):
        tiles.change("a")
    await client.until(b"a6;")

    assert client.taken == [b"a1;", b"a6;"]


async def test_tiles_have_the_pace_of_their_page_unless_they_have_their_own() -> None:
    tiles, client = Tiles(refresh=INTERVAL, pace=3_600), Client()
    tiles.audience.join(client.subscriber, b"")
    tiles.change("b")
    await client.until(b"b1;")

    for state in (1, 2):
        tiles.change("b")
        tiles.change("a")
        await client.until(b"a%d;" % state)

    assert client.taken == [b"b1;", b"a1;", b"a2;"]
    tiles.audience.leave(client.subscriber)


async def test_everyone_is_written_the_same_object() -> None:
    tiles, one, two = Tiles(), Client(), Client()
    tiles.audience.join(one.subscriber, b"")
    tiles.audience.join(two.subscriber, b"")

    tiles.change("a")
    await two.until(b"a1;")

    assert one.taken[0] is two.taken[0]


async def test_a_stalled_tile_client_gets_the_present_not_the_past() -> None:
    tiles, quick, slow = Tiles(), Client(), Client()
    tiles.audience.join(quick.subscriber, b"")
    tiles.audience.join(slow.subscriber, b"")
    slow.free.clear()
    tiles.change("a")
    await quick.until(b"a1;")
    for state in range(2, 5):
        tiles.change("a")
        await quick.until(b"a%d;" % state)

    slow.free.set()
    await slow.until(b"a4;")

    assert quick.text == b"a1;a2;a3;a4;"
    assert slow.text == b"a1;a4;"


async def test_a_stalled_event_client_misses_nothing() -> None:
    events, quick, slow = Events(), Client(), Client()
    events.audience.join(quick.subscriber, b"")
    events.audience.join(slow.subscriber, b"")
    slow.free.clear()
    for last in (5, 20, 40):
        events.add(last - events.head.seq)
        await quick.until(b"id: e-%d\n" % last)

    slow.free.set()
    await slow.until(b"id: e-40\n")

    assert ids(quick) == ids(slow) == list(range(1, 41))


async def test_an_event_client_that_fell_out_of_the_ring_is_ended_not_skipped() -> None:
    events, quick, slow = Events(size=10), Client(), Client()
    events.audience.join(quick.subscriber, b"")
    events.audience.join(slow.subscriber, b"")
    slow.free.clear()
    events.add(3)
    await quick.until(b"id: e-3\n")
    events.add(20)
    await quick.until(b"id: e-23\n")

    slow.free.set()
    async with asyncio.timeout(30):
        while not slow.ended:
            await asyncio.sleep(0.001)

    assert ids(slow) == [1, 2, 3]
    assert ids(quick) == list(range(1, 24))


@pytest.mark.parametrize("burst", [11, 100, 1000])
async def test_a_burst_larger_than_the_ring_loses_nothing(burst: int) -> None:
    events, client = Events(size=10), Client()
    events.audience.join(client.subscriber, b"")

    events.add(burst)
    await client.until(b"id: e-%d\n" % burst)

    assert ids(client) == list(range(1, burst + 1))


async def test_a_newcomer_gets_nothing_from_before_it_joined() -> None:
    events, old, new = Events(), Client(), Client()
    events.audience.join(old.subscriber, b"")
    await asyncio.sleep(INTERVAL)
    events.add(2)
    await old.until(b"id: e-2\n")
    events.add(2)

    events.audience.join(new.subscriber, b"")
    events.add(2)
    await new.until(b"id: e-6\n")

    assert ids(new) == [5, 6]
    assert ids(old) == [1, 2, 3, 4, 5, 6]


async def test_cut_stalled_takes_only_those_that_take_nothing() -> None:
    tiles, quick, slow = Tiles(), Client(), Client()
    tiles.audience.join(quick.subscriber, b"")
    tiles.audience.join(slow.subscriber, b"")
    slow.free.clear()
    tiles.change("a")
    await quick.until(b"a1;")
    now = asyncio.get_running_loop().time()

    tiles.audience.cut_stalled(now - 60)
    assert slow.cuts == 0
    tiles.audience.cut_stalled(now + 1)

    assert slow.cuts == 1
    assert quick.cuts == 0
    slow.subscriber.close()


async def test_the_last_to_leave_empties_the_audience_and_its_timer() -> None:
    tiles, client = Tiles(), Client()
    tiles.audience.join(client.subscriber, b"")
    tiles.change("a")
    await client.until(b"a1;")
    tiles.change("a")

    tiles.audience.leave(client.subscriber)
    await asyncio.sleep(INTERVAL * 2)

    assert tiles.emptied == 1
    assert client.text == b"a1;"
