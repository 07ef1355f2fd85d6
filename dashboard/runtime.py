"""Runtime: the living parts of one process, made from the settings and started together."""

import asyncio
import contextvars
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from dashboard.conf import conf
from dashboard.ingest.tokens import TOKENS_CHANGED, TokenTable
from dashboard.live.admission import Admission
from dashboard.live.hub import Hub
from dashboard.log.base import Entry, LogUnavailable
from dashboard.log.factory import make_log
from dashboard.tiles import tiles
from producers.registry import producers
from producers.supervisor import Supervisor

logger = logging.getLogger(__name__)

_REMEMBERED = 60
"""Entries a producer's window holds at least, for its page."""
_RELOAD_TOKENS = 5.0
"""Seconds after which a revoked token is refused even if nobody told this process."""
_TRIM = 60.0
"""Seconds between two looks for entries that the log need not keep."""


class Runtime:
    """Producers, log, hub, tokens and admission. Belongs to the event loop it is started on."""

    def __init__(self) -> None:
        self.producers = producers()
        self.log = make_log()
        self.tokens = TokenTable()
        self.admission = Admission(conf())
        expectations = dict.fromkeys(self.producers.errors) | {
            alias: producer.expect_every for alias, producer in self.producers.items()
        }
        self.hub = Hub(
            self.log,
            expectations,
            conf(),
            depth=max(_REMEMBERED, *(tile.widget.depth for tile in tiles().values()), 0),
            on_control=self._obey,
        )
        self.supervisor = Supervisor(self.producers, self.log.append, retry_on=(LogUnavailable,))
        self._starting = asyncio.Lock()
        self._tokens_changed = asyncio.Event()
        self._chores: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start what is not yet started. Raises LogUnavailable; may be called again."""
        if self._chores:
            return
        async with self._starting:
            if self._chores:
                return
            await self.tokens.load()
            await self.hub.start()
            await self.supervisor.start()
            self._chores = [
                asyncio.create_task(_again_and_again(chore), context=contextvars.Context())
                for chore in (self._reload_tokens, self._trim)
            ]

    async def stop(self) -> None:
        """Stop producers first, so that their last words are in the log."""
        if self._chores:
            await self.supervisor.stop()
            await self.hub.stop()
            for chore in self._chores:
                chore.cancel()
            await asyncio.gather(*self._chores, return_exceptions=True)
            self._chores = []
        await self.log.aclose()

    def _obey(self, entry: Entry) -> None:
        if entry.event.type == TOKENS_CHANGED:
            self._tokens_changed.set()

    async def _reload_tokens(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._tokens_changed.wait(), _RELOAD_TOKENS)
        self._tokens_changed.clear()
        await self.tokens.load()

    async def _trim(self) -> None:
        await asyncio.sleep(_TRIM)
        if gone := await self.log.trim():
            logger.info("log trimmed entries=%s", gone)


async def _again_and_again(chore: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await chore()
        except LogUnavailable as error:
            logger.warning("log unavailable, tried again later: %s", error)
        except Exception:
            logger.exception("chore failed, tried again later")
            await asyncio.sleep(1)


_current: Runtime | None = None


def current() -> Runtime:
    """Return this process's runtime, started or not."""
    global _current
    if _current is None:
        _current = Runtime()
    return _current


async def started() -> Runtime:
    """Return this process's runtime, started: under a server without lifespan, by who asks."""
    wall = current()
    await wall.start()
    return wall


@asynccontextmanager
async def running() -> AsyncIterator[Runtime]:
    """Run a runtime of one's own for a while: what lifespan does, and tests."""
    global _current
    try:
        yield await started()
    finally:
        wall, _current = current(), None
        await wall.stop()
