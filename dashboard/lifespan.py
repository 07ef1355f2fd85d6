"""Lifespan: starts and stops the runtime with the ASGI server. (Django rejects that scope.)"""

import logging
from collections.abc import Awaitable, Callable

from asgiref.sync import markcoroutinefunction

from dashboard import runtime
from dashboard.live.chunk import Message
from dashboard.live.stream import Receive
from dashboard.live.subscriber import Send

logger = logging.getLogger(__name__)

Application = Callable[[Message, Receive, Send], Awaitable[None]]


class Lifespan:
    """Wraps an ASGI application. https://asgi.readthedocs.io/en/latest/specs/lifespan.html"""

    def __init__(self, application: Application) -> None:
        self._application = application

    # Not async itself: a coroutine less for as long as each stream is open.
    @markcoroutinefunction
    def __call__(self, scope: Message, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "lifespan":
            return self._live(receive, send)
        return self._application(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with runtime.running():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            logger.exception("the wall did not start or stop cleanly")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
        else:
            await send({"type": "lifespan.shutdown.complete"})
