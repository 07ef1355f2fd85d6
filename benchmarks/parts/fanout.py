"""Fan-out: 20 events a second to 1,000 clients, each sent on at once."""

from collections.abc import Iterator
from typing import Final

from benchmarks.load.crowd import SATURATED
from benchmarks.publisher import publish
from benchmarks.servers.base import Server
from benchmarks.table import Figure, Measure, spread

CLIENTS: Final = 1_000
RATE: Final = 20
SECONDS: Final = 5

COST = Measure("20 events/s to 1,000 clients: CPU-µs per delivery", "{:.1f}", "≤ Nchan")
AGE = Measure("20 events/s to 1,000 clients: latency p50 / p99", "{:.1f} / {:.1f} ms")
LOAD = Measure("20 events/s to 1,000 clients: the load's own share of a core", "{:.0%}")


def run(server: Server) -> Iterator[Figure]:
    """Raises RuntimeError if an event was lost."""
    with server.crowd(CLIENTS) as crowd:
        warmed = publish(server.send, RATE, 1).count
        crowd.wait(warmed, 10)
        crowd.forget()
        before = server.spent()
        sent = publish(server.send, RATE, SECONDS, first=warmed + 1).count
        crowd.wait(sent, 10)
        spent, seen = before.until(server.spent()), crowd.seen()
    if not (seen.least == seen.most == sent and seen.in_order):
        order = "in" if seen.in_order else "not in"
        raise RuntimeError(
            f"of {sent} events, clients had {seen.least} to {seen.most}, {order} order"
        )
    saturated = seen.busy > SATURATED
    yield Figure(COST, (spent.cpu / seen.total * 1e6,), saturated)
    yield Figure(AGE, spread(seen.ages), saturated)
    yield Figure(LOAD, (seen.busy,))
