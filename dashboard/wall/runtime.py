"""Runtime: the living parts of one process, made from the settings and started together."""

import asyncio
import contextvars
import logging
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.db import DEFAULT_DB_ALIAS, DatabaseError

from dashboard.access import users
from dashboard.access.access import Principal
from dashboard.access.stream_revoker import StreamRevoker
from dashboard.access.table import AccessTable, AccessUnavailable
from dashboard.access.users import read_users
from dashboard.conf import conf
from dashboard.embeds import principals
from dashboard.embeds.principals import read_embeds
from dashboard.embeds.uses import EmbedUses
from dashboard.history.follower import Follower, kept_seconds
from dashboard.ingest.credentials import TOKENS_CHANGED
from dashboard.ingest.new_names import NewNames
from dashboard.ingest.tokens import TokenTable
from dashboard.ingest.webhook_secrets import WebhookTable
from dashboard.live.admission import Admission
from dashboard.live.hub import Hub
from dashboard.log.base import Entry, LogUnavailable
from dashboard.log.factory import make_log
from dashboard.log.lease import LeaseLost
from dashboard.pictures.appending import PictureAppender
from dashboard.pictures.store import picture_store
from dashboard.tiles.site import make_site, show
from dashboard.tiles.stored import SITE_CHANGED, Stored, read_stored
from dashboard.wall import current
from dashboard.wall.chores import repeat
from dashboard.wall.duties import Duties
from dashboard.wall.peers import Peers, Server
from dashboard.wall.readiness import Readiness
from dashboard.wall.recall import let_recall
from dashboard.wall.subject_tiles import SubjectTiles
from producers.base import utc_now
from producers.policy import Policy
from producers.registry import Registry
from producers.supervisor import Supervisor

logger = logging.getLogger(__name__)

_RELOAD = 5.0
"""Seconds after which what the database says of tokens and the site counts, though nobody told."""
_LOOK_AT_ACCESS = 1.0
"""Seconds between two looks whether those for whom streams are open still may see them."""
_ROLL_UP = 1.0
"""Seconds between two looks for entries that are not in the rollups yet."""
_TRIM = 60.0
"""Seconds between two looks for entries that the log need not keep."""


class Runtime:
    """Producers, log, pictures, hub, tokens, admission. Belongs to the event loop it starts on."""

    def __init__(self) -> None:
        self.site = make_site()
        self.log = make_log()
        self.tokens = TokenTable()
        self.webhooks = WebhookTable()
        self.access = AccessTable({users.KIND: read_users, principals.KIND: read_embeds})
        self.embed_uses = EmbedUses()
        self.revoker = StreamRevoker()
        self.admission = Admission(conf())
        self.hub = Hub(self.log, self.site, conf(), on_control=self._obey)
        self.readiness = Readiness(self.log, self.hub)
        me = Server.this(current.address, produces=current.produces)
        self.peers = Peers(self.log, me, on_change=lambda: self.duties.wake())
        self.pictures = picture_store(conf())
        appender = PictureAppender(self.log, self.pictures)
        self.supervisor = Supervisor(
            self.site.producers,
            appender.append,
            policy=Policy(retry_on=(LogUnavailable,), ends_on=(LeaseLost,)),
            shared=True,
            untold=self.hub.take_state,
        )
        self.duties = Duties(
            self.log, self.peers, lambda: self.producers, self.supervisor, appender.append
        )
        self.loop: asyncio.AbstractEventLoop | None = None
        """Where it runs, once it is started."""
        self._starting = asyncio.Lock()
        self._tokens_changed = asyncio.Event()
        self._site_changed = asyncio.Event()
        self._site_or_rights = asyncio.Lock()
        self._following = asyncio.Lock()
        self.new_names = NewNames(self.log, self._follow_stored)
        self.subject_tiles = SubjectTiles(self.hub, self._site_or_rights, lambda: self.site)
        self.history = Follower(self.log, DEFAULT_DB_ALIAS, kept_seconds(conf().ROLLUPS))
        self._chores: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start what is not yet started. Raises LogUnavailable; may be called again."""
        if self._chores:
            return
        async with self._starting:
            if self._chores:
                return
            self.loop = asyncio.get_running_loop()
            await self.tokens.load()
            await self.webhooks.load()
            await self._change_site(await sync_to_async(read_stored)())
            await self.hub.start()
            await self.subject_tiles.show()
            await self.supervisor.start()
            with suppress(LogUnavailable):  # it looks again in half a second
                await self.duties.look()
            self._chores = [
                asyncio.create_task(repeat(chore), context=contextvars.Context())
                for chore in (
                    self._reload_tokens,
                    self._reload_site,
                    self.subject_tiles.follow,
                    self._look_at_access,
                    self._trim,
                    self._keep_history,
                    self.duties.keep_up,
                    self.readiness.look,
                    *([self.peers.keep_up] if self.log.shared else []),
                )
            ]

    async def stop(self) -> None:
        """Stop producers first, so that their last words are in the log."""
        self.log.hasten()
        if self._chores:
            await self.supervisor.stop(alone=not self.peers.others)
            await self.duties.give_up()
            await self.peers.leave()
            await self.hub.stop()
            for chore in self._chores:
                chore.cancel()
            await asyncio.gather(*self._chores, return_exceptions=True)
            self._chores = []
            with suppress(DatabaseError, LogUnavailable):
                # Where somebody holds the database, each of the rest would wait for seconds.
                await self.log.probe()
                await self.tokens.save_use(every=0)
                await self.webhooks.save_use(every=0)
                await self.embed_uses.save(every=0)
        show(None)  # not before: until then the chores and pages ask for it
        await self.history.aclose()
        await self.log.aclose()
        if self.pictures:
            self.pictures.close()

    @property
    def producers(self) -> Registry:
        """The producers as they are just now."""
        return self.site.producers

    def note_use(self, principal: Principal) -> None:
        """Note that somebody looks on this account, if it is an embed's."""
        kind, _, key = principal.holder.partition(":")
        if kind == principals.KIND:
            self.embed_uses.note(key)

    def _obey(self, entry: Entry) -> None:
        if entry.event.type == TOKENS_CHANGED:
            self._tokens_changed.set()
        elif entry.event.type == SITE_CHANGED:
            self._site_changed.set()
        else:
            self.peers.hear(entry)

    async def _reload_site(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_RELOAD):
                await self._site_changed.wait()
        self._site_changed.clear()
        await self._follow_stored()

    async def _follow_stored(self) -> None:
        """Show the site that is stored now. Raises as `_change_site`, and DatabaseError."""
        async with self._following:
            stored = await sync_to_async(read_stored)()
            if stored != self.site.stored:
                await self._change_site(stored)
                logger.info("site changed version=%s", self.site.version)

    async def _change_site(self, stored: Stored) -> None:
        """Show the site that these rows make, everywhere at once; what is the same goes on.

        Raises LogUnavailable and ImproperlyConfigured; then all is as it was.
        """
        new = make_site(stored, self.site)
        for fault in new.faults:
            logger.warning("stored row left out: %s", fault)
        async with self._site_or_rights:
            await self.hub.widen(new)
            shown = self.subject_tiles.of(new)
            await self.hub.widen(shown)
            self.site = new
            show(shown)
            with suppress(AccessUnavailable):  # who may see what is looked at again in a second
                await self.access.refresh(self.revoker.principals())
            self.revoker.follow(self.access.known)
            self.hub.follow(shown)
        if self.loop is not None:
            let_recall(new.producers, self.log, self.loop)
        await self.supervisor.change(new.producers)
        self.duties.wake()

    async def _reload_tokens(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_RELOAD):
                await self._tokens_changed.wait()
        self._tokens_changed.clear()
        for senders in (self.tokens, self.webhooks):
            await senders.load()
            await senders.save_use()
        await self.embed_uses.save()

    async def _keep_history(self) -> None:
        await asyncio.sleep(_ROLL_UP)
        if self.duties.upkeep:
            await self.history.catch_up()
        for alias, past in self.hub.unprimed():
            await self.history.prime(past, alias)
            self.hub.primed(alias)

    async def _look_at_access(self) -> None:
        await asyncio.sleep(_LOOK_AT_ACCESS)
        async with self._site_or_rights:
            await self.revoker.look(utc_now(), self.access)

    async def _trim(self) -> None:
        await asyncio.sleep(_TRIM)
        if not self.duties.upkeep:
            return
        if gone := await self.log.trim():
            logger.info("log trimmed entries=%s", gone)
        await self.history.forget()
        if self.pictures and (gone := await self.pictures.sweep(await self.log.spans())):
            logger.info("pictures swept pictures=%s", gone)
