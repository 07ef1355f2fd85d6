"""Streams whose client leaves, is cut or fails in the middle of something; all the others go on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dashboard.conf import Conf
from dashboard.live.admission import Admission
from dashboard.live.audiences import Audiences
from dashboard.live.chunk import Message
from dashboard.live.hub import Hub
from dashboard.live.response import EventStreamResponse
from dashboard.live.ring import Ring, Wanted
from dashboard.live.streams import EntryStream
from dashboard.live.subscriber import AsgiSubscriber
from dashboard.live.tile_cache import TileCache
from dashboard.log.base import Entry, EntryId, LogUnavailable
from dashboard.log.memory import MemoryLog
from dashboard.tiles.site import make_site
from tests.support.client import Client
from tests.support.entries import entry

ADDRESS = "192.0.2.1"


class CountingLog(MemoryLog):
    """Counts its reads; `fails` makes the next ones fail, as without a disk."""

    def __init__(self) -> None:
        super().__init__({})
        self.reads = 0
        self.fails: Exception | None = None

    async def read(self, after: EntryId, limit: int) -> list[Entry]:
        self.reads += 1
        if self.fails is not None:
            raise self.fails
        return list(await super().read(after, limit))


class Running:
    """A stream from the log's beginning, run for a client that may leave."""

    def __init__(self, hub: Hub, log: CountingLog) -> None:
        self.client = Client()
        self.admission = Admission(Conf())
        self.gone = asyncio.Event()
        stream = EntryStream(hub, log, Wanted, "all").counted(self.admission, ADDRESS)
        self.task = asyncio.create_task(stream.run(self._subscriber(), self._receive))

    def _subscriber(self) -> AsgiSubscriber:
        def cut() -> None:
            self.task.cancel()

        return AsgiSubscriber(self.client.send, cut=cut)

    async def _receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}


@pytest.fixture
async def log() -> CountingLog:
    """Return a log of 20,000 entries."""
    log = CountingLog()
    for _ in range(20):
        await log.append([entry(0).event] * 1_000)
    return log


@pytest.fixture
async def hub(log: CountingLog) -> Any:
    """Return a hub that holds the newest 100 of them."""
    hub = Hub(log, make_site(), Conf(STREAM_WINDOW=100, STREAM_STALL=0.5))
    await hub.start()
    log.reads = 0
    yield hub
    await hub.stop()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


async def taken(chunks: Any) -> list[bytes]:
    return [chunk async for chunk in chunks]


async def over(running: Running) -> None:
    async with asyncio.timeout(10):
        await running.task


async def test_a_client_that_leaves_in_a_replay_has_no_more_read_for_it(
    hub: Hub, log: CountingLog
) -> None:
    running = Running(hub, log)
    await until(lambda: log.reads > 2)
    assert running.admission.open_of(ADDRESS) == 1

    running.gone.set()
    await over(running)

    assert log.reads < 10
    assert list(hub.audiences) == []
    assert running.admission.open == 0


async def test_a_client_that_stalls_in_a_replay_is_cut_without_an_error(
    hub: Hub, log: CountingLog
) -> None:
    running = Running(hub, log)
    await until(lambda: log.reads > 2)

    running.client.free.clear()
    await over(running)

    assert log.reads < 20
    assert list(hub.audiences) == []
    assert running.admission.open == 0


async def test_a_replay_is_sent_away_when_the_hub_drains(hub: Hub, log: CountingLog) -> None:
    running = Running(hub, log)
    await until(lambda: log.reads > 2)

    await hub.drain(0)

    assert running.client.ended
    assert running.client.taken[0].startswith(b"retry: ")
    running.gone.set()
    await over(running)
    assert log.reads < 20


async def test_a_replay_without_a_log_tells_its_client_to_come_back(
    hub: Hub, log: CountingLog
) -> None:
    running = Running(hub, log)
    await until(lambda: log.reads > 2)

    log.fails = LogUnavailable("the disk is gone")
    await until(lambda: running.client.ended)

    assert running.client.taken[0].startswith(b"retry: ")
    assert b"".join(running.client.taken).endswith(b"\n\n")
    running.gone.set()
    await over(running)


async def test_a_replay_that_fails_ends_its_stream(hub: Hub, log: CountingLog) -> None:
    running = Running(hub, log)
    await until(lambda: log.reads > 2)

    log.fails = RuntimeError("a fault of ours")
    with pytest.raises(RuntimeError, match="a fault of ours"):
        await over(running)

    assert list(hub.audiences) == []
    assert running.admission.open == 0


async def test_a_replay_that_fails_ends_the_response_of_a_plain_handler(
    hub: Hub, log: CountingLog
) -> None:
    admission = Admission(Conf())
    response = EventStreamResponse(EntryStream(hub, log, Wanted, "all").counted(admission, ADDRESS))
    chunks: Any = response.streaming_content
    await anext(chunks)
    await anext(chunks)
    assert admission.open == 1

    log.fails = RuntimeError("a fault of ours")
    with pytest.raises(RuntimeError, match="a fault of ours"):
        await asyncio.wait_for(taken(chunks), 10)

    assert admission.open == 0


async def broken(message: Message) -> None:
    raise ConnectionResetError


@pytest.mark.parametrize("what", ["beat", "hear"])
async def test_the_last_of_an_audience_may_be_gone_while_all_are_told(what: str) -> None:
    conf, head = Conf(STREAM_WINDOW=100), EntryId("e", 0)
    ring = Ring(conf.STREAM_WINDOW)
    audiences = Audiences(conf, TileCache({}, make_site(), 10), ring, lambda: head)
    healthy = Client()
    sends: list[Callable[[Message], Awaitable[None]]] = [broken, healthy.send, broken]
    for number, send in enumerate(sends):
        subscriber = AsgiSubscriber(send, cut=lambda: None)
        audiences.of_events(Wanted(frozenset({"p", str(number)}))).join(subscriber, b"")

    # More than half of the ring at once is flushed at once.
    ring.extend([entry(seq) for seq in range(1, 100)])
    head = EntryId("e", 99)
    if what == "beat":
        audiences.beat()
    else:
        audiences.hear(set())

    assert healthy.text.count(b"event: p\n") == 99
    assert len(list(audiences)) == 1
