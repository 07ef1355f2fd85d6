"""Connects: how quickly streams open, each with what it begins with."""

from collections.abc import Iterator
from typing import Final

from benchmarks.load.crowd import SATURATED
from benchmarks.marks import Mark, clock
from benchmarks.servers.base import Server, rest
from benchmarks.servers.eventwall import TILES, Eventwall
from benchmarks.table import Figure, Measure

CLIENTS: Final = 1_000
ROUNDS: Final = 3

RATE = Measure("new streams/s (Eventwall: with a snapshot of ten tiles)", "{:,.0f}", "≥ 3,000")
COST = Measure("new streams: CPU-µs each", "{:,.0f}")


def run(server: Server) -> Iterator[Figure]:
    if isinstance(server, Eventwall):
        for number in range(len(TILES)):
            server.send_to_tiles([Mark(number, clock())])
        server.settle()
    opened = server.wall if isinstance(server, Eventwall) else server.crowd
    seconds = cpu = busy = 0.0
    with opened(50) as crowd:
        for _ in range(ROUNDS):
            crowd.close()
            rest(0.5)
            crowd.forget()
            before = server.spent()
            seconds += crowd.open(CLIENTS)
            busy = max(busy, crowd.seen().busy)
            rest(0.2)
            cpu += before.until(server.spent()).cpu
    count = ROUNDS * CLIENTS
    yield Figure(RATE, (count / seconds,), busy > SATURATED)
    yield Figure(COST, (cpu / count * 1e6,), busy > SATURATED)
