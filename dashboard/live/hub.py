"""Hub: the one task that follows the log, and everything in memory that follows from it."""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from dashboard.conf import Conf
from dashboard.history.past import AnyPast
from dashboard.live.audiences import Audiences
from dashboard.live.replay_cache import ReplayCache
from dashboard.live.ring import Ring
from dashboard.live.subjects import Subjects
from dashboard.live.tile_audience import Change
from dashboard.live.tile_cache import TileCache
from dashboard.live.windows import Windows
from dashboard.log.base import CursorLost, Entry, EntryId, EventLog, LogUnavailable
from dashboard.tiles.config import Tile
from dashboard.tiles.render import Viewer
from dashboard.tiles.site import Site
from producers.base import utc_now
from producers.names import CONTROL
from producers.state import ProducerState

logger = logging.getLogger(__name__)

_CHECK_EVERY: Final = 0.5
"""Seconds between two looks for producers gone silent and for clients that take nothing."""
_RESTART_AFTER: Final = 1.0
"""Seconds before the hub starts anew after a fault of its own."""
_CONTROL_KEPT: Final = 500
"""Control entries read at start, to learn what state each producer was in."""


class Hub:
    """Hears only the log: one process or ten, it is the same path.

    It keeps a window per producer of the `site`, a ring of the newest entries, and the audiences
    of open streams. `on_control` is called with each control entry. It belongs to one event loop.
    """

    def __init__(
        self,
        log: EventLog,
        site: Site,
        conf: Conf,
        *,
        on_control: Callable[[Entry], object] = lambda entry: None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._log = log
        self._conf = conf
        self._on_control = on_control
        self._now = now
        self._windows = Windows(site)
        self._tasks: list[asyncio.Task[None]] = []
        self.head = EntryId("none", 0)
        self.ring = Ring(conf.STREAM_WINDOW, conf.STREAM_WINDOW_MIB * 2**20)
        self.replay_cache = ReplayCache(log, self.ring, lambda: self.head)
        self.tile_cache = TileCache(self._windows, site, conf.STREAM_HEARTBEAT, now)
        self.audiences = Audiences(conf, self.tile_cache, self.ring, lambda: self.head)
        self.subjects = Subjects(self._windows, site, log, now, self.audiences)
        self.ready = False
        self.draining = False

    async def start(self) -> None:
        """Read the windows from the log, then follow it, once. Raises LogUnavailable."""
        if self._tasks:
            return
        await self._prime()
        self._tasks = [
            asyncio.create_task(job, name=name, context=contextvars.Context())
            for name, job in (("hub", self._follow()), ("hub clock", self._keep_time()))
        ]

    async def stop(self) -> None:
        """End every stream and stop following."""
        self.ready = False
        self.audiences.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, self.replay_cache.aclose(), return_exceptions=True)
        self._tasks = []

    async def drain(self, seconds: float) -> None:
        """Send the open streams away, spread over `seconds`; newcomers are turned back at once."""
        self.draining = True
        await self.audiences.drain(seconds)

    def state(self, alias: str) -> ProducerState | None:
        """Return the producer's state as last told through the log."""
        return self._windows[alias].state

    def take_state(self, state: ProducerState) -> None:
        """Show a state of a producer of this process, which waits for the log to be told."""
        window = self._windows.get(state.alias)
        if window is not None and window.state != state:
            window.set_state(state)
            self.audiences.touch({state.alias})

    def is_stale(self, alias: str) -> bool:
        """Return whether the producer has been silent for longer than it may."""
        return self._windows[alias].stale

    def draw(self, tile: Tile, viewer: Viewer) -> str:
        """Return what is inside the tile now: what the stream would send."""
        return self.tile_cache.html(tile, viewer)

    def pulse(self, viewer: Viewer) -> str:
        """Return what stands in the page until the first heartbeat: what that would bring."""
        return self.tile_cache.pulse(viewer)

    def unprimed(self) -> list[tuple[str, AnyPast]]:
        """Return the pasts that do not know yet what was before them, with their producer."""
        return list(self._windows.unprimed())

    def primed(self, alias: str) -> None:
        """Note that a past of this producer was primed: its charts are drawn."""
        if window := self._windows.get(alias):
            window.change()
            self.audiences.touch({alias})

    async def widen(self, site: Site) -> None:
        """Have a window, filled from the log, for each producer of `site` too.

        Raises LogUnavailable; then nothing has changed.
        """
        await self._windows.widen(site, self._log, self._heard)
        await self.subjects.widen(site)

    def follow(self, site: Site) -> None:
        """Draw from this site, for which the windows are there, and let the streams follow."""
        self._windows.adjust(self.tile_cache.site, site)
        self.follow_subjects(site)
        self._windows.narrow(site)
        self.audiences.touch({*self._windows})

    def follow_subjects(self, site: Site) -> None:
        """As `follow`, where only the subjects of its tiles are others."""
        self.tile_cache.site = site
        self.audiences.follow()
        self.subjects.follow(site)

    async def _prime(self) -> None:
        """Fill windows and ring from the log as it is now."""
        newest = (await self._log.bounds()).newest
        for alias, window in self._windows.items():
            window.clear()
            if entries := await self._log.latest(alias, window.depth):
                self._show(alias, entries)
        await self.subjects.prime()
        for entry in await self._log.latest(CONTROL, _CONTROL_KEPT):
            self._obey(entry)
        await self.ring.fill(self._log, newest)
        self.head = newest
        self.ready = True

    async def _prime_again(self) -> None:
        self.ready = False
        while True:
            await asyncio.sleep(_RESTART_AFTER)
            try:
                return await self._prime()
            except Exception as error:
                expected = isinstance(error, CursorLost | LogUnavailable)
                logger.warning("hub waits for the log: %s", error, exc_info=not expected)

    async def _follow(self) -> None:
        while True:
            try:
                async for entries in self._log.tail(self.head):
                    self._hear(entries)
                return
            except CursorLost as lost:
                logger.warning("log replaced, streams reset cursor=%s", lost.cursor)
                await self._prime_again()
                self.audiences.end_events()
                self.audiences.touch({*self._windows})
            except Exception:
                logger.exception("hub failed, streams ended; it starts anew")
                self.audiences.end()
                await self._prime_again()

    def _hear(self, entries: Sequence[Entry]) -> None:
        touched: set[Change] = set()
        for alias, same in groupby(entries, _producer_of):
            if alias == CONTROL:
                touched.update(map(self._obey, same))
            elif alias in self._windows:
                touched |= self._show(alias, [*same])
        self.ring.extend(entries)
        self.head = entries[-1].id
        self.audiences.hear(touched)

    def _show(self, alias: str, entries: Sequence[Entry]) -> set[Change]:
        now = self._heard(entries[-1])
        if not self._windows[alias].hear(entries, now=now):
            return set()
        return self.subjects.hear(alias, entries, now=now)

    def _heard(self, entry: Entry) -> float:
        """Return the loop time at which an entry was heard: in the past, if it was read back.

        How long ago is all that the wall clock is asked for.
        """
        ago = max(0.0, (self._now() - entry.received).total_seconds())
        return asyncio.get_running_loop().time() - ago

    def _obey(self, entry: Entry) -> str:
        """Take a control entry; return the alias it is about."""
        alias = entry.event.subject or ""
        self._windows.obey(entry)
        self._on_control(entry)
        return alias

    async def _keep_time(self) -> None:
        loop = asyncio.get_running_loop()
        next_beat = loop.time() + self._conf.STREAM_HEARTBEAT
        while True:
            await asyncio.sleep(min(_CHECK_EVERY, self._conf.STREAM_HEARTBEAT))
            now = loop.time()
            try:
                self._look_around(now)
                if now >= next_beat:
                    next_beat = now + self._conf.STREAM_HEARTBEAT
                    self.audiences.beat()
            except Exception:
                logger.exception("a look around failed, the next one follows")

    def _look_around(self, now: float) -> None:
        """Notice producers gone silent and clients that take nothing, at loop time `now`.

        The seconds of a producer that is held up count on.
        """
        windows = self._windows.items()
        silent = {alias for alias, window in windows if window.check_stale(now=now)}
        held = {alias for alias, window in windows if window.check_held(now=now)}
        slid = self._windows.slid(self._now().timestamp())
        every = {alias for alias, _ in windows} if self.tile_cache.day_has_turned() else set()
        self.audiences.touch({*silent, *held, *slid, *every})
        self.subjects.look()
        self.audiences.cut_stalled(now - self._conf.STREAM_STALL)


def _producer_of(entry: Entry) -> str:
    return entry.event.producer
