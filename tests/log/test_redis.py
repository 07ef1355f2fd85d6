"""The log in Redis: what its server does, a restart, a failover, and how it should not be set."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from dashboard.log.base import CursorLost, EntryId, LogUnavailable
from dashboard.log.redis import RedisLog
from producers.events import Event
from tests.support.logs import MakeEvent, Until
from tests.support.redis import PROGRAM, RedisProcess
from tests.support.wall import free_port


@pytest.fixture
def servers() -> Iterator[list[RedisProcess]]:
    """Servers of the test's own, which it may end; put there what is to be removed after it."""
    if PROGRAM is None:
        pytest.skip("Redis is missing: apt-get install redis-server")
    made = [RedisProcess()]
    yield made
    for server in made:
        server.remove()


@asynccontextmanager
async def logs(*urls: str) -> AsyncIterator[list[RedisLog]]:
    made = [RedisLog({"url": url}) for url in urls]
    try:
        yield made
    finally:
        for log in made:
            await log.aclose()


async def appended(log: RedisLog, event: Event) -> tuple[EntryId, ...]:
    """Append as a sender does that tries again."""
    async with asyncio.timeout(30):
        while True:
            with suppress(LogUnavailable):
                return (await log.append([event])).ids
            await asyncio.sleep(0.02)


async def test_a_server_that_is_killed_and_started_anew_loses_and_resets_nothing(
    servers: list[RedisProcess], make_event: MakeEvent, until: Until
) -> None:
    servers[0].start()
    heard: list[EntryId] = []
    async with logs(servers[0].url, servers[0].url) as (one, other):
        start = (await one.bounds()).newest

        async def follow() -> None:
            async for batch in one.tail(start):
                heard.extend(entry.id for entry in batch)

        following = asyncio.create_task(follow())
        ids = [id_ for n in range(50) for id_ in await appended(other, make_event(n))]
        servers[0].kill()
        with pytest.raises(LogUnavailable, match="Redis"):
            await other.append([make_event()])
        with pytest.raises(LogUnavailable):
            await one.bounds()
        servers[0].start()
        ids += [id_ for n in range(50) for id_ in await appended(other, make_event(n))]
        await until(lambda: heard[-1:] == ids[-1:])
        following.cancel()

    assert heard == ids
    assert [id_.seq for id_ in ids] == list(range(1, 101))
    assert len({id_.epoch for id_ in ids}) == 1


async def test_a_replica_that_takes_over_resets_whoever_follows(
    servers: list[RedisProcess], make_event: MakeEvent
) -> None:
    """What the first server acknowledged last, the second was perhaps never sent."""
    port = str(free_port("127.0.0.1"))
    servers.append(RedisProcess())
    servers[0].start("--port", port)
    servers[1].start("--replicaof", "127.0.0.1", port)
    async with logs(servers[0].url, servers[1].url) as (before, after):
        ids = [id_ for n in range(20) for id_ in await appended(before, make_event(n))]
        assert servers[0].ask("WAIT", "1", "30000") == 1
        with pytest.raises(LogUnavailable):
            await after.append([make_event("a replica takes none")])
        servers[1].ask("REPLICAOF", "NO", "ONE")
        await appended(before, make_event("the second server was never sent it"))
        new = [id_ for n in range(20) for id_ in await appended(after, make_event(n))]

        with pytest.raises(CursorLost, match="foreign"):
            await after.read(ids[-1], 10)
        kept = await after.read(new[0]._replace(seq=0), 100)

    assert new[0].seq == 21
    assert new[0].epoch != ids[0].epoch
    assert [entry.event.data["value"] for entry in kept] == [*range(20), *range(20)]


async def test_sentinel_is_asked_which_server_it_is(
    servers: list[RedisProcess], make_event: MakeEvent
) -> None:
    master, replica, sentinel = (free_port("127.0.0.1") for _ in range(3))
    servers += [RedisProcess(), RedisProcess()]
    servers[0].start("--port", str(master))
    servers[1].start("--port", str(replica), "--replicaof", "127.0.0.1", str(master))
    servers[2].watch(sentinel, master)
    async with logs(f"redis+sentinel://127.0.0.1:{sentinel}/wall") as (log,):
        before = [id_ for n in range(5) for id_ in await appended(log, make_event(n))]
        assert servers[0].ask("WAIT", "1", "30000") == 1
        # It looks each ten seconds which replicas there are.
        async with asyncio.timeout(30):
            while not servers[2].ask("SENTINEL", "REPLICAS", "wall"):
                await asyncio.sleep(0.1)
        servers[0].kill()
        after = [id_ for n in range(5) for id_ in await appended(log, make_event(n))]
        with pytest.raises(CursorLost, match="foreign"):
            await log.read(before[0], 10)

    assert [id_.seq for id_ in after] == list(range(6, 11))
    assert len({id_.epoch for id_ in before}) == len({id_.epoch for id_ in after}) == 1


async def test_a_server_that_comes_back_empty_is_another_log(
    servers: list[RedisProcess], make_event: MakeEvent
) -> None:
    servers[0].start("--appendonly", "no")
    async with logs(servers[0].url) as (log,):
        (old,) = (await log.append([make_event()])).ids
        tail = log.tail(old)
        waiting = asyncio.ensure_future(anext(tail))
        await asyncio.sleep(0)
        servers[0].kill()
        servers[0].start("--appendonly", "no")
        (new,) = await appended(log, make_event())
        with pytest.raises(CursorLost, match="foreign"):
            async with asyncio.timeout(30):
                await waiting

    assert new.seq == 1
    assert new.epoch != old.epoch


async def test_a_server_that_hangs_is_told_and_nobody_else_waits_for_it(
    servers: list[RedisProcess], make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.log.redis_server.ANSWERS", 0.2)
    servers[0].start()
    async with logs(servers[0].url) as (log,):
        await log.append([make_event()])
        servers[0].pause()
        with pytest.raises(LogUnavailable):
            await log.append([make_event(1, key="a")])
        servers[0].resume()
        await appended(log, make_event(1, key="a"))

        # The first may have been taken, but no answer came: the key makes one of both.
        assert (await log.bounds()).newest.seq == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), None),
        (("--appendonly", "no"), "appendonly is off"),
        (("--appendfsync", "everysec"), "appendfsync is everysec"),
        (("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"), "policy is allkeys-lru"),
        (("--maxmemory", "100mb"), None),
    ],
)
async def test_a_server_that_is_set_to_keep_less_is_told(
    servers: list[RedisProcess], options: tuple[str, ...], told: str | None
) -> None:
    servers[0].start(*options)
    async with logs(servers[0].url) as (log,):
        weaknesses = await log.weaknesses()

    assert len(weaknesses) == (told is not None)
    assert all(told is not None and told in weakness for weakness in weaknesses)
