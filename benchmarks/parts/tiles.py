"""Tiles: ever more events into the ten tiles of /stream/, watched by 1,000 clients."""

from collections.abc import Iterator
from typing import Final

from benchmarks.cost import Spent
from benchmarks.load.clients import Seen
from benchmarks.load.crowd import SATURATED, Crowd
from benchmarks.publisher import publish
from benchmarks.servers.base import Server, rest
from benchmarks.servers.eventwall import Eventwall
from benchmarks.table import Figure, Measure, spread

CLIENTS: Final = 1_000
RATES: Final = 100, 1_000, 10_000
COMPRESSED: Final = RATES[-1]
"""Events a second, for the clients that want gzip."""
SECONDS: Final = 5

BYTES = Measure("the same with gzip: bytes on the wire, of plain", "{:.1%}", "≤ 25 %")
GZIP_SHARE = Measure("the same with gzip: server's share of a core", "{:.0%}")


def run(server: Server) -> Iterator[Figure]:
    assert isinstance(server, Eventwall)
    without = {rate: alone(server, rate) for rate in RATES}
    plain = {}
    with server.wall(CLIENTS) as crowd:
        for rate in RATES:
            spent, seen = watched(server, crowd, rate)
            plain[rate] = seen.received / spent.seconds
            name = f"{rate:,} events/s into 10 tiles, {CLIENTS:,} clients:"
            age = Measure(
                f"{name} age of what is seen p50 / p99", "{:.1f} / {:.1f} ms", "p99 ≤ 100 ms"
            )
            yield Figure(age, spread(seen.ages), seen.busy > SATURATED)
            writes = Measure(f"{name} writes/s per client", "{:.1f}", "≤ 20, + heartbeat")
            yield Figure(writes, (seen.chunks / spent.seconds,), seen.busy > SATURATED)
            share = Measure(f"{name} server's share of a core; no clients", "{:.0%}; {:.0%}")
            yield Figure(share, (spent.share, without[rate]))
    with server.wall(CLIENTS, gzip=True) as crowd:
        spent, seen = watched(server, crowd, COMPRESSED)
    yield Figure(BYTES, (seen.received / spent.seconds / plain[COMPRESSED],))
    yield Figure(GZIP_SHARE, (spent.share,))


def alone(server: Eventwall, rate: float) -> float:
    """Return the server's share of a core for taking these events while nobody watches."""
    before = server.spent()
    publish(server.send_to_tiles, rate, 2)
    server.settle()
    return before.until(server.spent()).share


def watched(server: Eventwall, crowd: Crowd, rate: float) -> tuple[Spent, Seen]:
    """Return what it cost and what was seen while these events came.

    Raises RuntimeError if the server could not take so many.
    """
    rest(0.5)
    crowd.forget()
    before = server.spent()
    on_time = publish(server.send_to_tiles, rate, SECONDS).on_time
    spent, seen = before.until(server.spent()), crowd.seen()
    server.settle()
    if not on_time:
        raise RuntimeError(f"it fell behind {rate:,} events/s by more than a second")
    return spent, seen
