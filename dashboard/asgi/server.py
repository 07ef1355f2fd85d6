"""Server: uvicorn, started by ourselves, with a protocol and a stop of our own."""

import asyncio
import gc
import logging
import signal
import socket
from types import FrameType

import uvicorn

from dashboard.asgi.leaving import leave_within
from dashboard.asgi.lifespan import Lifespan
from dashboard.asgi.protocol import Protocol
from dashboard.asgi.workers import Given
from dashboard.conf import conf
from dashboard.live import descriptors
from dashboard.wall import current

logger = logging.getLogger(__name__)

TICKS = 10
"""uvicorn's ticks, of a tenth of a second, between two looks for clients that are late."""
STOP_WITHIN = 5
"""Seconds for requests under way once the streams are gone."""
LATECOMERS = 1.0
"""Seconds for who connected to a worker just before it was told to stop."""
CLOSE_WITHIN = 8
"""Seconds more for producers, what is queued for the log, and a database that is locked."""
THREADS_MAY_TAKE = 1.0
"""Seconds for threads that are left when everything has stopped, or is to stop at once."""


class Server(uvicorn.Server):
    """Sends the open streams away before uvicorn starts to wait for them."""

    def __init__(self, config: uvicorn.Config, given: Given | None = None) -> None:
        super().__init__(config)
        self._given = given

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._given is not None and self.started:
            self._given.say_ready()
            asyncio.get_running_loop().add_reader(self._given.lifeline, self._stop_as_orphan)
        # What is there by now stays. To look for circles in it again and again, and after every
        # 700 objects in what is kept of events, takes a seventh of the time of a POST.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)

    def _stop_as_orphan(self) -> None:
        """Stop, for the parent has ended without a word."""
        assert self._given is not None
        asyncio.get_running_loop().remove_reader(self._given.lifeline)
        logger.error("the parent of this worker is gone, so it stops")
        self.handle_exit(signal.SIGTERM, None)

    async def on_tick(self, counter: int) -> bool:
        # One look at all connections instead of two timers for each of their requests.
        if counter % TICKS == 0:
            now = asyncio.get_running_loop().time()
            for connection in [*self.server_state.connections]:
                connection.look(now)  # type: ignore[union-attr]  # all are Protocols
        return await super().on_tick(counter)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await super().serve(sockets)
        leave_within(THREADS_MAY_TAKE)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        wall = current.current()
        leaving = [wall.hub.drain(conf().STREAM_DRAIN)]
        if self._given is not None:
            # Who connects from now on is another worker's. Who just has, sends its request here.
            for server in self.servers:
                server.close()
            leaving.append(asyncio.sleep(LATECOMERS))
        draining = asyncio.gather(*leaving)
        while not draining.done() and not self.force_exit:
            await asyncio.wait([draining], timeout=0.1)
        draining.cancel()
        wall.log.hasten()
        leave_within(STOP_WITHIN + CLOSE_WITHIN)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # uvicorn would raise the signal again at the end. But who was told to stop and did so has
        # not failed: it ends with 0, and without a traceback.
        if self.should_exit:
            self.force_exit = True
            leave_within(THREADS_MAY_TAKE)
        self.should_exit = True


def serve(listener: socket.socket, application: Lifespan, given: Given | None = None) -> None:
    """Serve `application` on `listener` until SIGINT or SIGTERM; a second one stops at once.

    `given` is what a worker was given by its parent.
    """
    descriptors.raise_limit(conf().STREAM_MAX + descriptors.RESERVED)
    config = uvicorn.Config(
        application.call,
        interface="asgi3",
        http=Protocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=STOP_WITHIN,
    )
    Server(config, given).run(sockets=[listener])
