"""What must happen once happens in one server, whoever comes, stalls, dies or leaves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict

import pytest

from dashboard.log.base import Entry, EntryId
from dashboard.log.control import control_event
from dashboard.log.lease import LeaseLost
from dashboard.log.memory import MemoryLog
from dashboard.wall.duties import TTL, Duties
from dashboard.wall.peers import GONE, HERE, Peers, Server
from producers.base import Produced, Producer
from producers.policy import Policy
from producers.registry import Registry
from producers.supervisor import Supervisor
from tests.support.logs import Clock

ALIASES = ("a", "b", "c")


class Ticker(Producer):
    """Says which server it runs in, again and again."""

    where = ""

    async def events(self) -> AsyncIterator[Produced]:
        while True:
            yield {"where": self.where}
            await self.sleep(0.002)


class Pushed(Producer):
    """Is pushed by others."""


class Process:
    """What of a server process has to do with leases."""

    def __init__(self, log: MemoryLog, clock: Clock, name: str, *, produces: bool = True) -> None:
        registry = Registry({alias: Ticker(alias) for alias in ALIASES} | {"door": Pushed("door")})
        for alias in ALIASES:
            ticker = registry[alias]
            assert isinstance(ticker, Ticker)
            ticker.where = name
        self.name = name
        self.peers = Peers(log, Server.this(name, produces=produces))
        self.supervisor = Supervisor(
            registry, log.append, policy=Policy(ends_on=(LeaseLost,), stop_within=5), shared=True
        )
        self.duties = Duties(
            log,
            self.peers,
            lambda: registry,
            self.supervisor,
            log.append,
            clock=lambda: clock.uptime().micros / 1e6,
        )

    @property
    def runs(self) -> list[str]:
        return [alias for alias in ALIASES if alias in self.supervisor.states]

    def hears(self, type_: str, server: "Process") -> None:
        event = control_event(type_, asdict(server.peers.me))
        self.peers.hear(Entry(EntryId("e", 1), event, event.time))


def introduce(*processes: Process) -> None:
    for process in processes:
        process.hears(HERE, process)
        for other in processes:
            process.hears(HERE, other)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> MemoryLog:
    return MemoryLog({}, now=clock, uptime=clock.uptime)


Serve = Callable[..., Awaitable[Process]]


@pytest.fixture
async def serve(log: MemoryLog, clock: Clock) -> AsyncIterator[Serve]:
    """Starts a process that has no lease yet; it is stopped after the test."""
    async with AsyncExitStack() as stack:

        async def start(name: str, **options: bool) -> Process:
            process = Process(log, clock, name, **options)
            await process.supervisor.start()
            stack.push_async_callback(process.supervisor.stop)
            return process

        yield start


async def look(*processes: Process) -> None:
    for process in processes:
        await process.duties.look()


@asynccontextmanager
async def new_entries(log: MemoryLog) -> AsyncIterator[list[Entry]]:
    """Give a list that fills itself with what is appended from now on."""
    entries: list[Entry] = []
    after = (await log.bounds()).newest

    async def follow() -> None:
        async for batch in log.tail(after):
            entries.extend(batch)

    following = asyncio.create_task(follow())
    try:
        yield entries
    finally:
        following.cancel()


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)


async def test_one_alone_runs_all_at_once(serve: Serve, log: MemoryLog) -> None:
    one = await serve("one")
    await look(one)

    assert one.runs == ["a", "b", "c"]
    assert one.duties.upkeep
    assert one.duties.holders["a"] == one.peers.me.name
    async with new_entries(log) as entries:
        await until(lambda: {entry.event.producer for entry in entries} >= set(ALIASES))


async def test_two_share_and_each_tick_is_made_once(serve: Serve, log: MemoryLog) -> None:
    one, two = await serve("one"), await serve("two")
    await look(one, two)
    assert (one.runs, two.runs) == (["a", "b", "c"], [])

    introduce(one, two)
    await look(one, two, one)

    assert (one.runs, two.runs) == (["a", "b"], ["c"])
    assert (one.duties.upkeep, two.duties.upkeep) == (True, False)
    assert one.duties.holders["c"] == two.peers.me.name == two.duties.holders["c"]
    async with new_entries(log) as entries:
        await until(lambda: {entry.event.producer for entry in entries} >= set(ALIASES))
    for entry in entries:
        if entry.event.producer in ALIASES:
            where = "two" if entry.event.producer == "c" else "one"
            assert entry.event.data["where"] == where


async def test_of_one_that_died_all_is_taken_within_ten_seconds(serve: Serve, clock: Clock) -> None:
    died, heir = await serve("died"), await serve("heir")
    introduce(died, heir)
    await look(died, heir)
    passed = 0.0

    while heir.runs != ["a", "b", "c"] and passed < 10:
        clock.advance(seconds=0.5)
        passed += 0.5
        await look(heir)

    assert heir.runs == ["a", "b", "c"]
    assert heir.duties.upkeep
    assert TTL < passed < 10


async def test_one_that_stalled_says_nothing_more_and_lets_go(
    serve: Serve, clock: Clock, log: MemoryLog
) -> None:
    stalled, heir = await serve("stalled"), await serve("heir")
    await look(stalled, heir)
    clock.advance(seconds=30)
    await look(heir)
    clock.advance(seconds=2)
    await look(heir)

    # Its producers run on as they did; it has not looked yet.
    async with new_entries(log) as entries:
        await until(lambda: sum(entry.event.producer in ALIASES for entry in entries) > 30)
    assert stalled.runs == ["a", "b", "c"]
    assert {e.event.data["where"] for e in entries if e.event.producer in ALIASES} == {"heir"}
    await look(stalled)

    assert (stalled.runs, heir.runs) == ([], ["a", "b", "c"])
    assert not stalled.duties.upkeep


async def test_what_one_leaves_is_taken_at_once(serve: Serve) -> None:
    leaves, stays = await serve("leaves"), await serve("stays")
    introduce(leaves, stays)
    await look(leaves, stays, leaves)

    await leaves.supervisor.stop(alone=False)
    await leaves.duties.give_up()
    stays.hears(GONE, leaves)
    await look(stays, leaves)

    assert stays.runs == ["a", "b", "c"]
    assert stays.duties.upkeep
    assert not leaves.supervisor.states.keys() - {"a", "b", "c", "door"}
    assert leaves.supervisor.states["door"].status == "listening"


async def test_without_producers_none_is_asked_for(serve: Serve, clock: Clock) -> None:
    viewer, worker = await serve("viewer", produces=False), await serve("worker")
    introduce(viewer, worker)

    await look(viewer)
    clock.advance(seconds=100)
    await look(viewer, worker)

    assert viewer.runs == []
    assert viewer.duties.upkeep
    assert worker.runs == ["a", "b", "c"]
