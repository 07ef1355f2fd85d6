"""The server is stopped with a thousand streams open, while events come in."""

import asyncio
import itertools
import json
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from threading import Event, Thread

import pytest

from tests.support.stalled import connections, request, streams
from tests.support.swarm import Swarm, faults
from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

STREAMS = 1_000
GRACE = 60.0
"""Seconds within which a stop is over on the busiest machine; else it takes 4 to 10."""


class Poster(Thread):
    """Posts a numbered note again and again, as one connection each; notes what was stored."""

    def __init__(self, wall: Wall) -> None:
        super().__init__()
        self._wall = wall
        self._over = Event()
        self.stored: dict[str, str] = {}
        self.refused = 0

    def run(self) -> None:
        for number in itertools.count():
            if self._over.wait(0.02):
                return
            text = f"{self.name} {number}"
            try:
                status, answer = self._wall.post("notes", {"text": text})
            except OSError:
                self.refused += 1
                continue
            if status == 201:
                self.stored[answer["ids"][0]] = text

    def finish(self) -> None:
        self._over.set()
        self.join()


@pytest.fixture
def posters() -> Iterator[list[Poster]]:
    """Return a list; the posters in it are finished, whatever happens."""
    posting: list[Poster] = []
    yield posting
    for poster in posting:
        poster.finish()


def rows(wall: Wall) -> dict[str, str]:
    """Return the notes in the database: sequence → text."""
    with closing(sqlite3.connect(wall.database)) as database:
        query = "SELECT seq, data FROM dashboard_logentry WHERE producer = 'notes' ORDER BY seq"
        return {str(seq): json.loads(data)["text"] for seq, data in database.execute(query)}


async def test_a_stop_sends_a_thousand_away_in_time_and_none_misses_anything(
    quiet_wall: Callable[..., Wall], posters: list[Poster]
) -> None:
    wall = quiet_wall()
    assert wall.process is not None
    posters += [Poster(wall) for _ in range(3)]

    async with Swarm(wall.port) as swarm:
        followers = await swarm.join(STREAMS)
        for poster in posters:
            poster.start()
        await swarm.until(lambda: all(follower.ids for follower in followers))
        began = time.monotonic()
        wall.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(wall.process.wait, GRACE)
        ends = sorted(end - began for follower in followers for end in follower.ends[:1])

        await asyncio.to_thread(wall.start)
        await swarm.until(lambda: len(swarm) == STREAMS)
        for poster in posters:
            poster.finish()
        stored = {i: text for poster in posters for i, text in poster.stored.items()}
        ledger = sorted(stored, key=lambda entry_id: int(entry_id.rpartition("-")[2]))
        await swarm.until(lambda: all(ledger[-1] in f.ids[-5:] for f in followers))

        in_database = rows(wall)
        every_one = [f"{ledger[0].rpartition('-')[0]}-{seq}" for seq in in_database]
        assert faults(followers, every_one) == []

    assert code == 0
    assert "Traceback" not in wall.log.read_text()
    # Acknowledged is stored, with what was acknowledged.
    assert {i: in_database.get(i.rpartition("-")[2]) for i in stored} == stored
    # Each was sent away as HTTP says, with a time to come back, and spread over STREAM_DRAIN.
    assert len(ends) == STREAMS
    assert {follower.torn for follower in followers} == {0}
    assert all(1000 <= (follower.retry or 0) <= 5000 for follower in followers)
    assert len({follower.retry for follower in followers}) > STREAMS // 4
    assert ends[-1] - ends[0] > 1


def test_a_stop_is_over_in_time_with_clients_that_do_not_take_it(
    quiet_wall: Callable[..., Wall],
) -> None:
    """They read nothing, are in a replay, have sent half a request, or more than one."""
    wall = quiet_wall(STREAM_STALL=60, STREAM_DRAIN=1)
    assert wall.process is not None
    with ExitStack() as clients:
        for path in ("/events/?producer=notes", "/stream/?tiles=notes"):
            for times in (1, 3):
                for _ in range(10):
                    clients.enter_context(request(wall.port, path, times=times))
        wall.until(lambda: streams(wall) == 40)
        for _ in range(20):
            wall.post("notes", [{"text": "x" * 2000}] * 100)
        for _ in range(10):
            clients.enter_context(request(wall.port, "/events/?since=all"))
            half = clients.enter_context(request(wall.port, "/healthz", times=0))
            half.sendall(b"POST /ingest/notes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
        wall.until(lambda: streams(wall) == 50)

        wall.process.send_signal(signal.SIGTERM)
        code = wall.process.wait(GRACE)

    assert code == 0
    assert "Traceback" not in wall.log.read_text()


async def test_while_a_thousand_drain_it_is_unready_and_a_second_signal_ends_it_at_once(
    quiet_wall: Callable[..., Wall],
) -> None:
    wall = quiet_wall(STREAM_DRAIN=300)
    assert wall.process is not None
    async with Swarm(wall.port) as swarm:
        followers = await swarm.join(STREAMS)
        for follower in followers:
            follower.comes_back = False

        wall.process.send_signal(signal.SIGTERM)
        await swarm.until(lambda: len(swarm) < STREAMS)
        ready, healthy, page = [
            (await asyncio.to_thread(wall.request, "GET", path))[0]
            for path in ("/readyz", "/healthz", "/")
        ]
        (late,) = await swarm.join(1)
        await swarm.until(lambda: len(late.ends) == 1)
        still = len(swarm)
        wall.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(wall.process.wait, GRACE)

    assert (ready, healthy, page) == (503, 200, 200)
    assert late.retry is not None
    assert late.ids == []
    assert still > STREAMS // 2


def test_a_stop_does_not_wait_for_who_holds_the_database(quiet_wall: Callable[..., Wall]) -> None:
    wall = quiet_wall()
    assert wall.process is not None
    answers: list[int] = []
    posting = [Thread(target=lambda: answers.append(wall.post("notes", "late")[0])) for _ in "abc"]

    with closing(sqlite3.connect(wall.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for thread in posting:
            thread.start()
        wall.until(lambda: connections(wall) == len(posting))
        wall.process.send_signal(signal.SIGTERM)
        code = wall.process.wait(GRACE)
        for thread in posting:
            thread.join()

    assert code in (0, -signal.SIGTERM)
    assert answers == [503] * 3
