"""Part: a scenario, the servers it is for, and what a run of it gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.parts import browser, camera, connects, fanout, flood, idle, ingest, tiles
from benchmarks.servers.asgi import DjangoEventstream, DjangoStreaming, SseStarlette
from benchmarks.servers.base import Server
from benchmarks.servers.eventwall import Eventwall
from benchmarks.servers.floor import Floor
from benchmarks.servers.nchan import Nchan
from benchmarks.table import Figure

SERVERS: Final[tuple[type[Server], ...]] = (
    Eventwall,
    Floor,
    Nchan,
    SseStarlette,
    DjangoEventstream,
    DjangoStreaming,
)


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    """What ONLY= calls it."""
    run: Callable[[Server], Iterator[Figure]]
    servers: tuple[type[Server], ...] = SERVERS
    once: bool = False
    """Whether one run is enough."""


PARTS: Final = (
    Part("fanout", fanout.run),
    Part("flood", flood.run),
    Part("tiles", tiles.run, (Eventwall,)),
    Part("idle", idle.run, once=True),
    Part("connects", connects.run),
    Part("ingest", ingest.run, (Eventwall, Nchan)),
    Part("browser", browser.run, (Eventwall,)),
    Part("camera", camera.run, (Eventwall,)),
)
