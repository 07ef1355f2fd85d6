"""Thousands of clients come at once, or more than there are descriptors for."""

import asyncio
import http.client
import random
import resource
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from dashboard.live.descriptors import RESERVED
from dashboard.live.replay_cache import SIZE
from tests.support.stalled import QUIET, post_notes, probe, request, streams
from tests.support.swarm import Swarm, allow_descriptors, faults
from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

CLIENTS = 5_000


async def test_thousands_cut_at_once_are_all_back_in_time_and_miss_nothing(
    make_wall: Callable[..., Wall],
) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    clients = CLIENTS if allow_descriptors(CLIENTS + 500) else most // 2
    wall = make_wall(
        PRODUCERS=QUIET, ROOT_URLCONF="tests.support.probe", STREAM_MAX_PER_CLIENT=None
    )

    async with Swarm(wall.port) as swarm:
        followers = await swarm.join(clients)
        posted = await asyncio.to_thread(post_notes, wall, 1)
        await swarm.until_all_have(posted[-1])
        wall.kill()
        await swarm.until(lambda: len(swarm) == 0)
        await asyncio.to_thread(wall.start)
        back = asyncio.create_task(swarm.until(lambda: len(swarm) == clients, within=60))
        while not back.done():
            posted += await asyncio.to_thread(post_notes, wall, 1)
            await asyncio.sleep(0.1)
        await back
        await swarm.until_all_have(posted[-1])

        assert faults(followers, posted) == []
        assert {follower.torn for follower in followers} == {1}
        # They wait for up to 5 seconds before they come back: so long, senders are not held up.
        assert len(posted) > 4


async def test_two_hundred_far_behind_cost_the_log_one_reading_of_each_page(
    quiet_wall: Callable[..., Wall],
) -> None:
    """Each at a place of its own within a few hundred events, all beyond what is in memory."""
    behind, chance = 6_000, random.Random(3)
    log = {"BACKEND": "tests.support.counting_log.CountingLog"}
    wall = quiet_wall(EVENT_LOG=log, STREAM_WINDOW=100)
    posted = [entry_id for _ in range(7) for entry_id in post_notes(wall, 1_000, length=100)]
    starts = [chance.randrange(len(posted) - behind) for _ in range(200)]
    pages = len(posted) // SIZE + 2

    async with Swarm(wall.port) as swarm:
        before = probe(wall)
        paths = [f"/events/?producer=notes&since={posted[start]}" for start in starts]
        joined = await asyncio.gather(*(swarm.join(1, path) for path in paths))
        await swarm.until_all_have(posted[-1])
        after = probe(wall)

        for (follower,), start in zip(joined, starts, strict=True):
            assert faults([follower], posted[start + 1 :]) == []
    # Readiness asks for the log's bounds once a second; who comes late may find a page forgotten.
    assert after["asked"] - before["asked"] < 2 * pages
    assert after["resident"] - before["resident"] < 60_000_000


def is_empty(wall: Wall) -> bool:
    """Whether a server that had no descriptor left has got rid of all its streams."""
    try:
        return bool(probe(wall)["admitted"] == 0)
    except (OSError, http.client.HTTPException):
        return False


def test_with_few_descriptors_streams_leave_some_to_others(tmp_path: Path) -> None:
    most = 256
    wall = Wall(tmp_path / "wall", {"PRODUCERS": QUIET, "ROOT_URLCONF": "tests.support.probe"})
    wall.start(descriptors=most)
    assert wall.process is not None
    server = psutil.Process(wall.process.pid)
    try:
        with ExitStack() as clients:
            for _ in range(most):
                clients.enter_context(request(wall.port, "/stream/?tiles=notes"))
            wall.until(lambda: streams(wall) == most - RESERVED)
            held = probe(wall)["descriptors"]
            with wall.events("/stream/?tiles=notes") as late:
                while late.read(5):
                    pass
            status = wall.post("notes", {"text": "there is room for a sender"})[0]

        assert status == 201
        assert late.parser.retry == 30_000
        assert held < most

        # Connections that ask for nothing may take all there is: it waits, and does not spin.
        with ExitStack() as clients:
            for _ in range(most + 50):
                clients.enter_context(request(wall.port, "/", times=0))
            time.sleep(0.5)
            before = sum(server.cpu_times()[:2])
            time.sleep(2)
            spent = sum(server.cpu_times()[:2]) - before
        assert spent < 1
        wall.until(lambda: is_empty(wall))
        with wall.events("/stream/?tiles=notes") as next_one:
            next_one.until_text("there is room for a sender", "notes")
        assert "Traceback" not in wall.log.read_text()
    finally:
        wall.stop()
