"""Connects: how quickly streams open, each with what it begins with."""

from collections.abc import Iterator
from typing import Final

from benchmarks.load.crowd import SATURATED, Crowd
from benchmarks.marks import Mark, clock
from benchmarks.servers.base import Server, rest
from benchmarks.servers.eventwall import TILES, Eventwall, LockedEventwall
from benchmarks.table import Figure, Measure

CLIENTS: Final = 1_000
ROUNDS: Final = 3

RATE = Measure("new streams/s (Eventwall: with a snapshot of ten tiles)", "{:,.0f}", "≥ 3,000")
COST = Measure("new streams: CPU-µs each", "{:,.0f}")
TICKETS = Measure("new streams/s, each with a ticket of another user", "{:,.0f}", "≥ 3,000")


def run(server: Server) -> Iterator[Figure]:
    if isinstance(server, Eventwall):
        for number in range(len(TILES)):
            server.send_to_tiles([Mark(number, clock())])
        server.settle()
    opened = server.wall if isinstance(server, Eventwall) else server.crowd
    rate, cost, saturated = measured(server, opened(50))
    yield Figure(RATE, (rate,), saturated)
    yield Figure(COST, (cost,), saturated)
    if isinstance(server, Eventwall):
        with LockedEventwall() as locked:
            crowd = locked.wall(50, tickets=locked.tickets(CLIENTS))
            rate, cost, saturated = measured(locked, crowd)
        yield Figure(TICKETS, (rate,), saturated)


def measured(server: Server, entered: Crowd) -> tuple[float, float, bool]:
    """Return the streams opened in a second, the CPU-µs of each, and if the load was the limit."""
    seconds = cpu = busy = 0.0
    with entered as crowd:
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
    return count / seconds, cpu / count * 1e6, busy > SATURATED
