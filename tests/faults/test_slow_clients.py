"""Clients that read slowly, not at all, or much at once, against the real server."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing

import pytest

from tests.support.stalled import connections, post_notes, probe, request, streams
from tests.support.swarm import Follower, Swarm, faults
from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

MEGABYTE = 1_000_000


def is_rolled_up(wall: Wall) -> bool:
    """Whether the follower has read all there is: a page of a thousand entries takes memory."""
    with closing(sqlite3.connect(wall.database)) as database:
        (read,) = database.execute("SELECT max(seq) FROM dashboard_rollupcursor").fetchone()
        (newest,) = database.execute("SELECT max(seq) FROM dashboard_logentry").fetchone()
    return bool(read == newest)


@pytest.mark.parametrize("path", ["/events/?producer=notes", "/stream/?tiles=notes"])
def test_clients_that_never_read_are_cut_and_leave_nothing(
    quiet_wall: Callable[..., Wall], path: str
) -> None:
    wall = quiet_wall(STREAM_STALL=2, STREAM_WINDOW=100, STREAM_FLUSH_INTERVAL=0.005)
    for _ in range(30):
        post_notes(wall, 100)
    with wall.events(path) as first:  # after it, what all streams share is in memory
        first.until(1)
    wall.until(lambda: streams(wall) == 0 and is_rolled_up(wall))
    before = probe(wall)

    with ExitStack() as clients:
        for _ in range(10):
            clients.enter_context(request(wall.port, path))
        wall.until(lambda: streams(wall) == 10)
        most, began = 0, time.monotonic()
        while now := streams(wall):
            post_notes(wall, 100)
            most = max(most, probe(wall)["resident"])
            assert time.monotonic() - began < 120, f"{now} clients that read nothing are still here"
        wall.until(lambda: connections(wall) == 0)

    assert most - before["resident"] < 5 * MEGABYTE
    wall.until(lambda: probe(wall)["tasks"] <= before["tasks"])
    assert "Traceback" not in wall.log.read_text()


def test_a_client_stalled_in_a_replay_is_cut(quiet_wall: Callable[..., Wall]) -> None:
    wall = quiet_wall(STREAM_STALL=2, STREAM_WINDOW=100)
    for _ in range(20):
        post_notes(wall, 1000, length=200)
    before = probe(wall)

    with ExitStack() as clients:
        for _ in range(10):
            clients.enter_context(request(wall.port, "/events/?since=all"))
        wall.until(lambda: streams(wall) == 10)
        wall.until(lambda: connections(wall) == 0)

    wall.until(lambda: probe(wall)["tasks"] <= before["tasks"])
    assert "Traceback" not in wall.log.read_text()


def test_a_stalled_tile_client_that_wakes_gets_the_present(
    quiet_wall: Callable[..., Wall],
) -> None:
    wall = quiet_wall(STREAM_STALL=60, STREAM_FLUSH_INTERVAL=0.001)
    with (
        request(wall.port, "/stream/?tiles=notes") as stalled,
        wall.events("/stream/?tiles=notes") as healthy,
    ):
        wall.until(lambda: streams(wall) == 2)
        # What the healthy one was sent in the meantime is what the other may not catch up on.
        while len(healthy.received) < MEGABYTE:
            post_notes(wall, 5, length=2000)
            while healthy.read(0.01):
                pass
        wall.post("notes", {"text": "the present"})
        healthy.until_text("the present", "notes")

        taken = b""
        while b"the present" not in taken:
            piece = stalled.recv(65536)
            assert piece, "the stalled client was cut"
            taken += piece

    assert len(taken) < 350_000


def test_a_slow_client_that_goes_on_taking_is_not_cut(quiet_wall: Callable[..., Wall]) -> None:
    wall = quiet_wall(STREAM_STALL=1)
    with request(wall.port, "/events/?producer=notes") as slow:
        wall.until(lambda: streams(wall) == 1)
        posted = post_notes(wall, 300)

        taken = b""
        while f"id: {posted[-1]}\n".encode() not in taken:
            piece = slow.recv(10_000)
            assert piece, f"cut after {len(taken)} bytes"
            taken += piece
            time.sleep(0.04)

    assert taken.count(b"event: notes\n") == len(posted)


async def test_a_tenth_that_stalls_holds_up_nobody(quiet_wall: Callable[..., Wall]) -> None:
    wall = quiet_wall(STREAM_STALL=3)

    async with Swarm(wall.port) as swarm:
        healthy = await swarm.join(900)
        with ExitStack() as clients:
            for _ in range(100):
                clients.enter_context(request(wall.port, "/events/?producer=notes"))
            await asyncio.to_thread(wall.until, lambda: streams(wall) == 1000)
            posted: list[str] = []
            for _ in range(30):
                posted += await asyncio.to_thread(post_notes, wall, 10)
            await swarm.until_all_have(posted[-1])
            await asyncio.to_thread(wall.until, lambda: streams(wall) == 900)
        posted += await asyncio.to_thread(post_notes, wall, 1)
        await swarm.until_all_have(posted[-1])

        assert faults(healthy, posted) == []
        assert {follower.opened for follower in healthy} == {1}
        assert {follower.torn for follower in healthy} == {0}


async def test_a_client_stopped_for_too_long_comes_back_and_misses_nothing(
    quiet_wall: Callable[..., Wall],
) -> None:
    wall = quiet_wall(STREAM_STALL=1, STREAM_WINDOW=100)

    async with Swarm(wall.port) as swarm:
        (follower,) = await swarm.join(1, receive_buffer=4096)
        posted = await asyncio.to_thread(post_notes, wall, 1)
        await swarm.until_all_have(posted[-1])
        follower.pause()
        while streams(wall):
            posted += await asyncio.to_thread(post_notes, wall, 100)
        follower.resume()
        await swarm.until_all_have(posted[-1])

        assert follower.torn == 1
        assert faults([follower], posted) == []


async def test_a_client_stopped_for_a_while_goes_on_and_misses_nothing(
    quiet_wall: Callable[..., Wall],
) -> None:
    wall = quiet_wall(STREAM_STALL=60)

    async with Swarm(wall.port) as swarm:
        (follower,) = await swarm.join(1, receive_buffer=4096)
        posted = await asyncio.to_thread(post_notes, wall, 1)
        await swarm.until_all_have(posted[-1])
        follower.pause()
        for _ in range(20):
            posted += await asyncio.to_thread(post_notes, wall, 100)
        follower.resume()
        await swarm.until_all_have(posted[-1])

        assert follower.opened == 1
        assert faults([follower], posted) == []


async def test_a_replay_of_50_000_events_is_complete_and_holds_no_memory(
    quiet_wall: Callable[..., Wall],
) -> None:
    wall = quiet_wall()
    posted = [entry_id for _ in range(50) for entry_id in post_notes(wall, 1000, length=100)]
    async with Swarm(wall.port) as warm:
        await warm.join(1, "/events/?producer=notes&since=all")
        await warm.until_all_have(posted[-1])
    before = probe(wall)

    async with Swarm(wall.port) as swarm:
        followers = await swarm.join(5, "/events/?producer=notes&since=all")
        await swarm.until_all_have(posted[-1])
        after = probe(wall)

        assert faults(followers, posted) == []
        assert {follower.opened for follower in followers} == {1}
    assert after["resident"] - before["resident"] < 20 * MEGABYTE


async def test_joining_while_two_publish_loses_doubles_and_moves_nothing(
    quiet_wall: Callable[..., Wall],
) -> None:
    wall = quiet_wall(STREAM_WINDOW=100)
    posted = await asyncio.to_thread(post_notes, wall, 300, 50)
    chance = random.Random(7)
    publishing = True

    async def publish() -> None:
        while publishing:
            posted.extend(await asyncio.to_thread(post_notes, wall, chance.randint(1, 10), 50))

    async with Swarm(wall.port) as swarm:
        publishers = [asyncio.create_task(publish()) for _ in range(2)]
        began: list[tuple[Follower, str]] = []
        for _ in range(10):
            afters = chance.choices(posted, k=20)
            paths = [f"/events/?producer=notes&since={after}" for after in afters]
            joined = await asyncio.gather(*(swarm.join(1, path) for path in paths))
            began += [(follower, after) for (follower,), after in zip(joined, afters, strict=True)]
        publishing = False
        await asyncio.gather(*publishers)
        posted.sort(key=lambda entry_id: int(entry_id.rpartition("-")[2]))
        await swarm.until_all_have(posted[-1])

        for follower, after in began:
            assert faults([follower], posted[posted.index(after) + 1 :]) == []
            assert follower.opened == 1
