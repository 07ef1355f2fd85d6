"""Lifespan: starts and stops the runtime with the ASGI server. (Django rejects that scope.)"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from dashboard.live.chunk import Message
from dashboard.live.stream import Receive
from dashboard.live.subscriber import Send
from dashboard.log.base import LogUnavailable
from dashboard.wall import current
from dashboard.wall.early_drain import draining_early

logger = logging.getLogger(__name__)

OTHER_SERVER: Final = (
    "This is not the wall's own server, `manage.py serve`. Missed are: the early notice of clients "
    "that are dead (TCP_USER_TIMEOUT) or slow (SO_SNDBUF), the deadline for request headers, and, "
    "but for uvicorn and granian, the drain: a stop cuts open streams, when the server's own grace "
    "period is over. Set one, longer than STREAM_DRAIN."
)

Application = Callable[[Message, Receive, Send], Awaitable[None]]


class Lifespan:
    """Wraps an ASGI application. https://asgi.readthedocs.io/en/latest/specs/lifespan.html"""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._knows_server = False

    # A server may ask whether this is async before it calls.
    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Do what any server expects. (Our own one uses `call`, and drains by itself.)"""
        if scope["type"] == "lifespan":
            with draining_early(current.drain):
                await self._live(receive, send)
        else:
            await self.call(scope, receive, send)

    def call(self, scope: Message, receive: Receive, send: Send) -> Awaitable[None]:
        """Do the same, with a coroutine less for as long as each stream is open."""
        if scope["type"] == "lifespan":
            return self._live(receive, send)
        if not self._knows_server:
            self._knows_server = True
            if "eventwall.connection" not in scope.get("extensions", {}):
                logger.warning(OTHER_SERVER)
        return self._application(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with current.running():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except (LogUnavailable, DatabaseError, ImproperlyConfigured) as error:
            logger.error("the wall cannot start: %s", error)
            await send({"type": "lifespan.startup.failed", "message": ""})
        except Exception as error:
            logger.exception("the wall did not start or stop cleanly")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
        else:
            await send({"type": "lifespan.shutdown.complete"})
