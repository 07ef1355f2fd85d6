"""Peers: the servers that run on one log, and how they hear of each other: through it."""

import asyncio
import logging
import os
import platform
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Final, Self

from dashboard.log.base import Entry, EventLog, LogUnavailable
from producers.base import utc_now
from producers.events import JSON, Event
from producers.names import CONTROL

logger = logging.getLogger(__name__)

HERE: Final = "server.here"
"""A server says who it is: when it starts, when somebody asks, and once an hour."""
ASKED: Final = "server.asked"
GONE: Final = "server.gone"

_ASK_EVERY: Final = 10.0
"""Seconds between two questions, where there is another server."""
_SAY_EVERY: Final = 3600.0
"""Seconds after which a server says again that it is here: what is old is forgotten."""
_SILENT: Final = 3 * _ASK_EVERY
"""Seconds after which one that answers no question is taken for gone."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server process; `url` is where it can be asked, empty where it was not told.

    `produces`: it runs producers.
    """

    id: str
    url: str
    process: int
    machine: str
    produces: bool = True

    @classmethod
    def this(cls, url: str, *, produces: bool = True) -> Self:
        """Return this process as a server that nobody was before."""
        return cls(secrets.token_hex(6), url, os.getpid(), platform.node()[:80], produces)

    @classmethod
    def of(cls, event: Event) -> Self | None:
        """Return who speaks in a control event; None where no server does."""
        match dict(event.data):
            case {"id": str(id_), "url": str(url), "process": int(pid), "machine": str(machine)}:
                return cls(id_, url, pid, machine, event.data.get("produces") is not False)
        return None

    @property
    def name(self) -> str:
        """What nobody else is called, in 200 characters: the holder of leases."""
        return f"{str(self)[:180]} ({self.id})"

    def __str__(self) -> str:
        where = f" at {self.url}" if self.url else ""
        return f"process {self.process} of {self.machine or 'a machine'}{where}"


class Peers:
    """The other servers of this one's log. Belongs to the event loop; nothing here blocks."""

    def __init__(
        self,
        log: EventLog,
        me: Server,
        on_change: Callable[[], None] = lambda: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_change` is called when another server has come or gone."""
        self._log = log
        self.me = me
        self._on_change = on_change
        self._clock = clock
        self._heard: dict[str, tuple[Server, float]] = {}
        self._said: float | None = None
        # What was in the log before this server's own word tells of the past.
        self._listening = False
        self._asked = asyncio.Event()

    @property
    def others(self) -> Collection[Server]:
        return [server for server, _ in self._heard.values()]

    def hear(self, entry: Entry) -> None:
        """Take in a control entry, in the order of the log."""
        event, server = entry.event, Server.of(entry.event)
        if server == self.me:
            self._listening = self._listening or event.type == HERE
        elif not self._listening:
            return
        elif event.type == ASKED:
            self._asked.set()
        elif event.type == HERE and server is not None:
            came = server.id not in self._heard
            self._heard[server.id] = (server, self._clock())
            if came:
                logger.info("another server runs on this log other=%s", server)
                self._on_change()
        elif event.type == GONE and server is not None:
            self._forget(server.id)

    async def keep_up(self) -> None:
        """Say and ask what is due, then wait for a question. Raises LogUnavailable."""
        now = self._clock()
        for id_, (_, heard) in list(self._heard.items()):
            if now - heard > _SILENT:
                self._forget(id_)
        first = self._said is None
        if self._asked.is_set() or self._heard or first or now - (self._said or 0.0) > _SAY_EVERY:
            self._asked.clear()
            self._said = now
            asks = [_event(ASKED, self.me)] if self._heard or first else []
            await self._log.append([_event(HERE, self.me), *asks])
        with suppress(TimeoutError):
            # Not wait_for(): in Python 3.11 that loses a cancellation which comes with the event.
            async with asyncio.timeout(_ASK_EVERY):
                await self._asked.wait()

    async def leave(self) -> None:
        """Say that this server ends, if the log takes it."""
        if self._said is not None:
            with suppress(LogUnavailable):
                await self._log.append([_event(GONE, self.me)])

    def _forget(self, id_: str) -> None:
        if (known := self._heard.pop(id_, None)) is not None:
            logger.info("the other server is gone other=%s", known[0])
            self._on_change()


async def ask(log: EventLog, patience: float) -> Mapping[str, Server]:
    """Return by id which servers run on `log`: those that answer within `patience` seconds.

    Raises LogUnavailable.
    """
    after = (await log.bounds()).newest
    await log.append([_event(ASKED, None)])
    found: dict[str, Server] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            async for entries in log.tail(after):
                _note(entries, found)
    return found


async def last_url(log: EventLog, most: int = 500) -> str | None:
    """Return where the wall is served, or was last; None where that is not known.

    It looks among the `most` newest control entries. Raises LogUnavailable.
    """
    entries = await log.latest(CONTROL, most)
    known: dict[str, Server] = {}
    _note(entries, known)
    running = [server.url for server in known.values() if server.url]
    told = [server for entry in entries if (server := _here(entry)) is not None]
    past = [server.url for server in told if server.url]
    return next(reversed(running or past), None)


def _note(entries: Collection[Entry], known: dict[str, Server]) -> None:
    """Add who says in `entries` that they are here, the latest last; leave out who is gone."""
    for entry in entries:
        server = Server.of(entry.event)
        if server is not None and entry.event.type in (HERE, GONE):
            known.pop(server.id, None)
        if (here := _here(entry)) is not None:
            known[here.id] = here


def _here(entry: Entry) -> Server | None:
    return Server.of(entry.event) if entry.event.type == HERE else None


def _event(type_: str, server: Server | None) -> Event:
    data: dict[str, JSON] = {} if server is None else asdict(server)
    return Event(producer=CONTROL, type=type_, time=utc_now(), data=data)
