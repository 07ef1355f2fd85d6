"""Measure a wall on this machine and print a table."""

import asyncio
import platform
import statistics
import time
from typing import TypeAlias

import uvloop

from benchmarks.browser import post_to_dom
from benchmarks.posts import Sender, reading
from benchmarks.process import Process
from benchmarks.streams import Client, close, connect

Rows: TypeAlias = list[tuple[str, str]]

CLIENTS = 1_000
SECONDS = 5


def spread(seconds: list[float]) -> str:
    """Return median and 99th percentile in ms."""
    p99 = statistics.quantiles(seconds, n=100)[98]
    return f"{statistics.median(seconds) * 1e3:.1f} / {p99 * 1e3:.1f} ms"


async def paced(sender: Sender, rate: int, batch: int, seconds: float) -> int:
    """Send `rate` events/s in batches of `batch`; return how many were sent."""
    began, sent = time.monotonic(), 0
    while sent < rate * seconds:
        await asyncio.sleep(max(0.0, began + sent / rate - time.monotonic()))
        if batch == 1:
            await sender.post(reading())
        else:
            lines = b"\n".join(reading() for _ in range(batch))
            await sender.post(lines, "application/x-ndjson")
        sent += batch
    return sent


async def settle(clients: list[Client], expected: int) -> bool:
    """Wait until every client has had `expected` events; return whether all did."""
    for _ in range(200):
        if all(client.count >= expected for client in clients):
            break
        await asyncio.sleep(0.05)
    return all(client.count == expected for client in clients)


async def fan_out(server: Process, rate: int, batch: int) -> Rows:
    clients = await connect(server.port, "/events/?producer=readings", CLIENTS)
    sender = Sender(server.port, server.token)
    await sender.open()
    cpu, began = server.cpu(), time.monotonic()
    sent = await paced(sender, rate, batch, SECONDS)
    lossless = await settle(clients, sent)
    spent, took = server.cpu() - cpu, time.monotonic() - began
    deliveries = sum(client.count for client in clients)
    ages = [age for client in clients for age in client.ages]
    in_order = all(client.ids == sorted(set(client.ids)) for client in clients)
    close(clients)
    sender.close()
    name = f"{rate:,} events/s to {CLIENTS:,} clients"
    return [
        (f"{name}: deliveries/s", f"{deliveries / took:,.0f}"),
        (f"{name}: CPU-µs per delivery", f"{spent / deliveries * 1e6:.2f}"),
        (f"{name}: latency p50 / p99", spread(ages)),
        (f"{name}: lossless, in order", f"{lossless} / {in_order}"),
    ]


async def posts(server: Process, connections: int) -> Rows:
    senders = [Sender(server.port, server.token) for _ in range(connections)]
    for sender in senders:
        await sender.open()
    until = time.monotonic() + SECONDS

    async def run(sender: Sender) -> None:
        while time.monotonic() < until:
            await sender.post(reading())

    cpu = server.cpu()
    await asyncio.gather(*map(run, senders))
    seconds = [s for sender in senders for s in sender.seconds]
    spent = server.cpu() - cpu
    for sender in senders:
        sender.close()
    name = f"single POSTs, {connections} connections"
    return [
        (f"{name}: durable POST/s", f"{len(seconds) / SECONDS:,.0f}"),
        (f"{name}: CPU-µs each", f"{spent / len(seconds) * 1e6:.0f}"),
        (f"{name}: p50 / p99", spread(seconds)),
    ]


async def batches(server: Process, size: int) -> Rows:
    sender = Sender(server.port, server.token)
    await sender.open()
    until, sent = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        await sender.post(b"\n".join(reading() for _ in range(size)), "application/x-ndjson")
        sent += size
    sender.close()
    return [(f"NDJSON batches of {size:,}: events/s", f"{sent / SECONDS:,.0f}")]


async def idle(server: Process, path: str) -> Rows:
    before, threads = server.pss(), server.threads()
    began = time.monotonic()
    clients = await connect(server.port, path, CLIENTS)
    took = time.monotonic() - began
    await asyncio.sleep(1)
    held, cpu = server.pss() - before, server.cpu()
    await asyncio.sleep(SECONDS)
    share = (server.cpu() - cpu) / SECONDS
    more = server.threads() - threads
    close(clients)
    name = f"{CLIENTS:,} idle streams of {path}"
    return [
        (f"{name}: connects/s", f"{CLIENTS / took:,.0f}"),
        (f"{name}: KiB each", f"{held / CLIENTS:.1f}"),
        (f"{name}: CPU, more threads", f"{share:.1%}, {more}"),
    ]


async def seen(server: Process) -> Rows:
    return [("POST to changed page in Chromium: p50 / p99", spread(await post_to_dom(server)))]


async def main() -> None:
    print(f"Python {platform.python_version()} on {platform.platform()}\n")
    for run, *arguments in (
        (seen,),
        (idle, "/stream/"),
        (idle, "/events/"),
        (fan_out, 20, 1),
        (fan_out, 1_000, 20),
        (posts, 32),
        (batches, 1_000),
    ):
        with Process() as server:
            for name, value in await run(server, *arguments):
                print(f"{name:66} {value:>22}", flush=True)


uvloop.run(main())
