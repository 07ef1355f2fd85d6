"""Idle: what an open stream costs while nothing happens."""

from collections.abc import Iterator
from typing import Final

from benchmarks.load.crowd import Crowd
from benchmarks.servers.base import Server, rest
from benchmarks.servers.eventwall import Eventwall
from benchmarks.table import Figure, Measure

CLIENTS: Final = 1_000
MANY: Final = 10_000
SECONDS: Final = 10
"""Long enough for a heartbeat of Eventwall's to be among them."""

MEMORY = Measure("1,000 idle streams: KiB each", "{:.1f}")
THREADS = Measure("1,000 idle streams: threads more", "{:.0f}", "0")
SHARE = Measure("1,000 idle streams: server's share of a core", "{:.1%}")
MANY_MEMORY = Measure("10,000 idle streams of ten tiles: KiB each", "{:.1f}", "≤ 10")
MANY_THREADS = Measure("10,000 idle streams of ten tiles: threads more", "{:.0f}", "0")
MANY_SHARE = Measure(
    "10,000 idle streams of ten tiles: server's share of a core", "{:.1%}", "< 5 %"
)


def run(server: Server) -> Iterator[Figure]:
    with server.crowd(50):
        pass
    rest(0.5)
    values = held(server, server.crowd(CLIENTS), CLIENTS)
    yield from (Figure(m, (v,)) for m, v in zip((MEMORY, THREADS, SHARE), values, strict=True))
    if isinstance(server, Eventwall):
        rest(0.5)
        values = held(server, server.wall(MANY), MANY)
        measures = MANY_MEMORY, MANY_THREADS, MANY_SHARE
        yield from (Figure(m, (v,)) for m, v in zip(measures, values, strict=True))


def held(server: Server, crowd: Crowd, count: int) -> tuple[float, float, float]:
    """Return KiB per stream, threads that they added, and the CPU share of keeping them."""
    memory, threads = server.pss(), server.threads()
    with crowd:
        rest(1)
        each, more = (server.pss() - memory) / count, server.threads() - threads
        before = server.spent()
        rest(SECONDS)
        share = before.until(server.spent()).share
    return each, more, share
