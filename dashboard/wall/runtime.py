"""Runtime: the living parts of one process, made from the settings and started together."""

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from django.db import DatabaseError

from dashboard.access import users
from dashboard.access.access import Principal
from dashboard.access.stream_revoker import StreamRevoker
from dashboard.access.table import AccessTable
from dashboard.access.users import read_users
from dashboard.conf import conf
from dashboard.embeds import principals
from dashboard.embeds.principals import read_embeds
from dashboard.embeds.uses import EmbedUses
from dashboard.ingest.credentials import TOKENS_CHANGED
from dashboard.ingest.tokens import TokenTable
from dashboard.ingest.webhook_secrets import WebhookTable
from dashboard.live.admission import Admission
from dashboard.live.hub import Hub
from dashboard.log.base import Entry, LogUnavailable
from dashboard.log.factory import make_log
from dashboard.pictures.appending import PictureAppender
from dashboard.pictures.store import picture_store
from dashboard.tiles.registry import tiles
from dashboard.wall.readiness import Readiness
from producers.base import utc_now
from producers.registry import producers
from producers.supervisor import Supervisor

logger = logging.getLogger(__name__)

_REMEMBERED = 60
"""Entries a producer's window holds at least, for its page."""
_RELOAD_TOKENS = 5.0
"""Seconds after which a revoked token is refused even if nobody told this process."""
_LOOK_AT_ACCESS = 1.0
"""Seconds between two looks whether those for whom streams are open still may see them."""
_TRIM = 60.0
"""Seconds between two looks for entries that the log need not keep."""


class Runtime:
    """Producers, log, pictures, hub, tokens, admission. Belongs to the event loop it starts on."""

    def __init__(self) -> None:
        self.producers = producers()
        self.log = make_log()
        self.tokens = TokenTable()
        self.webhooks = WebhookTable()
        self.access = AccessTable({users.KIND: read_users, principals.KIND: read_embeds})
        self.embed_uses = EmbedUses()
        self.watch = StreamRevoker()
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
        self.readiness = Readiness(self.log, self.hub)
        self.pictures = picture_store(conf())
        self.supervisor = Supervisor(
            self.producers,
            PictureAppender(self.log, self.pictures).append,
            retry_on=(LogUnavailable,),
        )
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
            await self.webhooks.load()
            await self.hub.start()
            await self.supervisor.start()
            self._chores = [
                asyncio.create_task(_again_and_again(chore), context=contextvars.Context())
                for chore in (
                    self._reload_tokens,
                    self._look_at_access,
                    self._trim,
                    self.readiness.look,
                )
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
            with suppress(DatabaseError):
                await self.tokens.save_use(every=0)
                await self.webhooks.save_use(every=0)
                await self.embed_uses.save(every=0)
        await self.log.aclose()
        if self.pictures:
            self.pictures.close()

    def note_use(self, principal: Principal) -> None:
        """Note that somebody looks on this account, if it is an embed's."""
        kind, _, key = principal.holder.partition(":")
        if kind == principals.KIND:
            self.embed_uses.note(key)

    def _obey(self, entry: Entry) -> None:
        if entry.event.type == TOKENS_CHANGED:
            self._tokens_changed.set()

    async def _reload_tokens(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._tokens_changed.wait(), _RELOAD_TOKENS)
        self._tokens_changed.clear()
        for senders in (self.tokens, self.webhooks):
            await senders.load()
            await senders.save_use()
        await self.embed_uses.save()

    async def _look_at_access(self) -> None:
        await asyncio.sleep(_LOOK_AT_ACCESS)
        await self.watch.look(utc_now(), self.access)

    async def _trim(self) -> None:
        await asyncio.sleep(_TRIM)
        if gone := await self.log.trim():
            logger.info("log trimmed entries=%s", gone)
        if self.pictures and (gone := await self.pictures.sweep(await self.log.spans())):
            logger.info("pictures swept pictures=%s", gone)


async def _again_and_again(chore: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await chore()
        except LogUnavailable as error:
            logger.warning("log unavailable, tried again later: %s", error)
        except Exception:
            logger.exception("chore failed, tried again later")
            await asyncio.sleep(1)
