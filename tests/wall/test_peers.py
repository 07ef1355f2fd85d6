"""Servers of one log hear of each other at once, and of each other's end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from dashboard.log.memory import MemoryLog
from dashboard.wall.peers import Peers, Server, ask, last_url
from producers.names import CONTROL


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def serving(
    log: MemoryLog, url: str, clock: Clock, *, ends: bool = True
) -> AsyncIterator[Peers]:
    """Run what a server runs: it hears each entry of the log, and keeps up."""
    peers = Peers(log, Server.this(url), clock=clock)
    after = (await log.bounds()).newest
    for entry in await log.latest(CONTROL, 100):
        peers.hear(entry)

    async def follow() -> None:
        async for entries in log.tail(after):
            for entry in entries:
                peers.hear(entry)

    async def keep_up() -> None:
        while True:
            await peers.keep_up()

    tasks = [asyncio.create_task(follow()), asyncio.create_task(keep_up())]
    try:
        yield peers
        if ends:
            await peers.leave()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.001)


def urls(peers: Peers) -> list[str]:
    return [server.url for server in peers.others]


async def answers(log: MemoryLog, count: int) -> list[str]:
    """Ask until so many have answered."""
    async with asyncio.timeout(10):
        while len(found := await ask(log, 0.05)) < count:
            pass
    return sorted(server.url for server in found.values())


async def test_two_know_of_each_other_and_of_the_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    log, clock = MemoryLog({}), Clock()
    async with serving(log, "http://one", clock) as one:
        async with serving(log, "http://two", clock) as two:
            await until(lambda: one.others and two.others)
            assert (urls(one), urls(two)) == (["http://two"], ["http://one"])
            found = await answers(log, 2)
        await until(lambda: not one.others)

    assert found == ["http://one", "http://two"]
    assert caplog.text.count("another server runs on this log") == 2
    assert "the other server is gone" in caplog.text


async def test_one_that_was_killed_is_no_other_for_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log, clock = MemoryLog({}), Clock()
    async with serving(log, "http://killed", clock, ends=False):
        await until_said(log, "http://killed")

    async with serving(log, "http://next", clock) as following:
        await until_said(log, "http://next")
        found = await answers(log, 1)

        assert not following.others
    assert found == ["http://next"]
    assert "another server" not in caplog.text


async def until_said(log: MemoryLog, url: str) -> None:
    async with asyncio.timeout(10):
        while await last_url(log) != url:
            await asyncio.sleep(0.001)


async def test_one_that_answers_no_more_is_forgotten() -> None:
    log, clock = MemoryLog({}), Clock()
    async with serving(log, "http://one", clock) as one:
        async with serving(log, "http://frozen", clock, ends=False):
            await until(lambda: one.others)
        assert one.others
        clock.now = 31.0
        await ask(log, 0.01)  # whoever is asked looks around, too
        await until(lambda: not one.others)


async def test_the_url_is_that_of_the_server_that_runs() -> None:
    log, clock = MemoryLog({}), Clock()
    assert await last_url(log) is None
    async with serving(log, "http://runs", clock):
        await until_said(log, "http://runs")
        async with serving(log, "http://ended", clock):
            await until_said(log, "http://ended")
        assert await last_url(log) == "http://runs"
    assert await last_url(log) == "http://runs"
