"""Ingest: events posted as fast as they are answered, singly and in batches."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from benchmarks.load.crowd import SATURATED
from benchmarks.load.posters import Next, ParsedBody, Posters
from benchmarks.load.worker import Worker
from benchmarks.marks import Mark, clock
from benchmarks.servers import nchan
from benchmarks.servers.base import Server, rest
from benchmarks.servers.eventwall import TILES, Eventwall, next_post, post
from benchmarks.table import Figure, Measure, spread

CONNECTIONS: Final = 32
SECONDS: Final = 5
BATCH: Final = 1_000
BATCHERS: Final = 4
CLIENTS: Final = 1_000

POSTS = Measure(
    "POST/s, 32 connections (Eventwall: each on disk; Nchan: none)", "{:,.0f}", "≥ 10,000"
)
POSTS_AGE = Measure(
    "POSTs, 32 connections: answered after p50 / p99", "{:.1f} / {:.1f} ms", "p99 < 20 ms"
)
POSTS_COST = Measure("POSTs, 32 connections: CPU-µs each", "{:.0f}")
BATCHES = Measure("NDJSON batches of 1,000, 4 connections: events/s", "{:,.0f}", "≥ 100,000")
BATCHES_COST = Measure("NDJSON batches of 1,000: CPU-µs per event", "{:.1f}")
BOTH = Measure("POST/s while ten tiles go to 1,000 clients at 20 Hz", "{:,.0f}", "≥ 5,000")
BOTH_AGE = Measure("POSTs while streaming: answered after p50 / p99", "{:.1f} / {:.1f} ms")
BOTH_SEEN = Measure(
    "streams while posting: age of what a client sees p50 / p99",
    "{:.1f} / {:.1f} ms",
    "p99 < 100 ms",
)
BOTH_WRITES = Measure("streams while posting: writes/s per client", "{:.1f}", "20, + heartbeat")


def run(server: Server) -> Iterator[Figure]:
    with Worker(Posters) as posters:
        following: Next = nchan.next_post
        if isinstance(server, Eventwall):
            following = partial(next_post, server.headers, ["readings"])
        posters.call("post", server.port, CONNECTIONS, 0.5, following)
        before = server.spent()
        posted: ParsedBody = posters.call("post", server.port, CONNECTIONS, SECONDS, following)
        spent = before.until(server.spent())
        saturated = posted.busy > SATURATED
        yield Figure(POSTS, (posted.rate,), saturated)
        yield Figure(POSTS_AGE, spread(posted.seconds), saturated)
        yield Figure(POSTS_COST, (spent.cpu / len(posted.seconds) * 1e6,), saturated)
        if isinstance(server, Eventwall):
            yield from batches(server, posters)
            yield from while_streaming(server, posters)


def batches(server: Eventwall, posters: Worker) -> Iterator[Figure]:
    marks = [Mark(number, clock()) for number in range(BATCH)]
    following = partial(same, post(server.headers, "readings", marks))
    before = server.spent()
    posted: ParsedBody = posters.call("post", server.port, BATCHERS, SECONDS, following)
    spent = before.until(server.spent())
    yield Figure(BATCHES, (posted.rate * BATCH,), posted.busy > SATURATED)
    yield Figure(BATCHES_COST, (spent.cpu / len(posted.seconds) / BATCH * 1e6,))


def while_streaming(server: Eventwall, posters: Worker) -> Iterator[Figure]:
    following = partial(next_post, server.headers, TILES)
    with server.wall(CLIENTS) as crowd:
        posters.begin("post", server.port, CONNECTIONS, SECONDS + 0.5, following)
        rest(0.5)
        crowd.forget()
        posted: ParsedBody = posters.result()
        seen = crowd.seen()
    saturated = max(posted.busy, seen.busy) > SATURATED
    yield Figure(BOTH, (posted.rate,), saturated)
    yield Figure(BOTH_AGE, spread(posted.seconds), saturated)
    yield Figure(BOTH_SEEN, spread(seen.ages), saturated)
    yield Figure(BOTH_WRITES, (seen.chunks / SECONDS,), saturated)


def same(request: bytes, number: int) -> bytes:
    return request
