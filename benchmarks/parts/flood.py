"""Flood: how many events a second reach 1,000 clients, none lost, before they come late."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.load.crowd import SATURATED, Crowd, until
from benchmarks.publisher import publish
from benchmarks.servers.base import Server, rest
from benchmarks.servers.eventwall import Eventwall
from benchmarks.table import Figure, Measure, percentile, spread

CLIENTS: Final = 1_000
LATE: Final = 0.2
"""Seconds at p99 above which a server is no longer keeping up."""
PROMPT: Final = 0.05

MOST = Measure("most deliveries/s, lossless, p99 ≤ 200 ms", "{:,.0f}")
MOST_AGE = Measure("… then: latency p50 / p99", "{:.1f} / {:.1f} ms")
MOST_LOAD = Measure("… then: the load's own share of a core", "{:.0%}")
MOST_PROMPT = Measure("most deliveries/s, lossless, p99 ≤ 50 ms", "{:,.0f}", "≥ 1,000,000")
AT_1000 = Measure("1,000 events/s to 1,000 clients: deliveries/s", "{:,.0f}", "1,000,000")
AT_1000_AGE = Measure(
    "1,000 events/s to 1,000 clients: latency p50 / p99", "{:.1f} / {:.1f} ms", "p99 ≤ 50 ms"
)
AT_1000_COST = Measure("1,000 events/s to 1,000 clients: CPU-µs per delivery", "{:.2f}")
AT_1000_SHARE = Measure("1,000 events/s to 1,000 clients: server's share of a core", "{:.0%}")
AT_1000_LOST = Measure("1,000 events/s to 1,000 clients: runs with a loss", "{:.0f}", "0")


@dataclass(frozen=True, slots=True)
class Step:
    """One rate, held for a while."""

    rate: float
    lossless: bool
    ages: list[float]
    deliveries: float
    """Per second."""
    cost: float
    """CPU seconds per delivery."""
    share: float
    busy: float
    """The load's own share of a core."""

    @property
    def saturated(self) -> bool:
        return self.busy > SATURATED

    @property
    def kept_up(self) -> bool:
        return self.lossless and percentile(self.ages, 99) <= LATE

    @property
    def prompt(self) -> bool:
        return self.lossless and percentile(self.ages, 99) <= PROMPT


def run(server: Server) -> Iterator[Figure]:
    with server.crowd(CLIENTS) as crowd:
        if isinstance(server, Eventwall):
            step = hold(server, crowd, 1_000, 5)
            yield Figure(AT_1000, (step.deliveries,), step.saturated)
            yield Figure(AT_1000_AGE, spread(step.ages), step.saturated)
            yield Figure(AT_1000_COST, (step.cost * 1e6,), step.saturated)
            yield Figure(AT_1000_SHARE, (step.share,), step.saturated)
            yield Figure(AT_1000_LOST, (not step.lossless,))
        steps = list(climb(server, crowd))
    best = max((step for step in steps if step.kept_up), key=lambda step: step.rate, default=None)
    if best is None:
        raise RuntimeError("no rate was held")
    saturated = any(step.saturated for step in steps)
    yield Figure(MOST, (best.deliveries,), saturated)
    yield Figure(MOST_AGE, spread(best.ages), saturated)
    yield Figure(MOST_LOAD, (best.busy,))
    if isinstance(server, Eventwall):
        prompt = max((step.deliveries for step in steps if step.prompt), default=0.0)
        yield Figure(MOST_PROMPT, (prompt,), saturated)


def climb(server: Server, crowd: Crowd) -> Iterator[Step]:
    """Double the rate until the server falls behind, then halve the distance twice."""
    rate, factor, halved = server.easy, 2.0, 0
    while True:
        step = hold(server, crowd, rate, 2)
        if not (step.kept_up or halved):
            # Once more: it may have been this machine that had something else to do.
            step = hold(server, crowd, rate, 2)
        yield step
        if not step.kept_up or halved:
            halved, factor = halved + 1, factor**0.5
        if halved > 2:
            return
        rate = rate * factor if step.kept_up else rate / factor


def hold(server: Server, crowd: Crowd, rate: float, seconds: float) -> Step:
    """Publish at this rate; afterwards nothing of it is under way any more."""
    crowd.forget()
    before = server.spent()
    published = publish(server.send, rate, seconds)
    whole = crowd.wait(published.count, 2 * LATE)
    spent, seen = before.until(server.spent()), crowd.seen()
    if not whole:
        # What is still queued must not count for the next rate.
        crowd.close()
        until(lambda: quiet(server), 20)
        crowd.open()
    server.settle()
    return Step(
        rate=published.count / seconds,
        lossless=whole
        and published.on_time
        and seen.least == seen.most == published.count
        and seen.in_order,
        ages=seen.ages,
        deliveries=seen.total / seconds,
        cost=spent.cpu / max(1, seen.total),
        share=spent.share,
        busy=seen.busy,
    )


def quiet(server: Server) -> bool:
    """Return whether the server has worked off what it was given."""
    before = server.spent()
    rest(0.2)
    return before.until(server.spent()).share < 0.1
