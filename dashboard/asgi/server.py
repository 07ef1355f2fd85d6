"""Server: uvicorn, started by ourselves, with a protocol and a stop of our own."""

import asyncio
import fcntl
import gc
import logging
import socket
import struct
import termios
from contextlib import suppress
from math import inf
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from dashboard.asgi.leaving import leave_within
from dashboard.asgi.lifespan import Lifespan
from dashboard.conf import conf
from dashboard.live import descriptors
from dashboard.live.chunk import Message
from dashboard.live.transport import BODILESS, TransportSubscriber
from dashboard.wall import current

logger = logging.getLogger(__name__)

KEEP_ALIVE = 30
"""Seconds that a connection may wait for its next request."""
TICKS = 10
"""uvicorn's ticks, of a tenth of a second, between two looks for clients that are late."""
STOP_WITHIN = 5
"""Seconds for requests under way once the streams are gone."""
CLOSE_WITHIN = 8
"""Seconds more for producers, what is queued for the log, and a database that is locked."""
THREADS_MAY_TAKE = 1.0
"""Seconds for threads that are left when everything has stopped, or is to stop at once."""


class Flow(FlowControl):
    """uvicorn's, with an event only for a client that is slow: most never are."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.read_paused = False
        self.write_paused = False

    def pause_writing(self) -> None:
        self.write_paused = True
        self._is_writable_event = asyncio.Event()

    def resume_writing(self) -> None:
        if self.write_paused:
            self.write_paused = False
            self._is_writable_event.set()


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, with a deadline for headers and a direct way to write a stream.

    The scope's extension `eventwall.connection` is the protocol itself; see
    dashboard.live.transport.Connection.
    """

    subscriber: TransportSubscriber | None = None
    _pipelined: tuple[RequestResponseCycle, ...] = ()
    _deadline = inf
    """When the headers must be complete or, between two requests, another have begun."""

    def write(self, data: bytes) -> None:
        self.transport.write(data)

    def abort(self) -> None:
        self.transport.abort()

    def unsent(self) -> int:
        # What the kernel holds counts as well: it lets us write only when a third of it is free,
        # and for a slow client that may take longer than one that has stalled is given.
        kept = struct.pack("i", 0)
        with suppress(OSError):  # closed already, or a system that does not tell
            kept = fcntl.ioctl(self.transport.get_extra_info("socket"), termios.TIOCOUTQ, kept)
        return self.transport.get_write_buffer_size() + int(struct.unpack("i", kept)[0])

    def respond(self, scope: Message, status: int, headers: bytes, body: bytes) -> bool:
        cycle = self.cycle
        # Another scope is that of a request which was sent ahead; uvicorn has the right one.
        if cycle.scope is not scope or cycle.response_started or self.flow.write_paused:
            return False
        if cycle.disconnected:
            return True
        date = b"".join([b"%b: %b\r\n" % header for header in self.server_state.default_headers])
        length = b"" if status in BODILESS else b"content-length: %d\r\n" % len(body)
        if b"connection: close\r\n" in headers:
            cycle.keep_alive = False
        elif not cycle.keep_alive:
            length += b"connection: close\r\n"
        sent = b"" if scope["method"] == "HEAD" else body
        self.transport.write(b"".join((STATUS_LINE[status], date, headers, length, b"\r\n", sent)))
        # From here on as uvicorn's own `send` at its end.
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        return True

    def stream_to(self, subscriber: TransportSubscriber, scope: Message) -> None:
        self.subscriber = subscriber
        # uvicorn and the frames between hold the scope for as long as the response, which is for
        # hours; only the method is looked at again.
        method = scope["method"]
        scope["headers"].clear()
        scope.clear()
        scope.update(type="http", method=method)

    def stream_over(self, subscriber: TransportSubscriber) -> None:
        if self.subscriber is subscriber:
            self.subscriber = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.flow = Flow(transport)
        # Straight to the transport: this is what a stream's every write goes through.
        self.write = transport.write  # type: ignore[method-assign]
        self._deadline = self.loop.time() + conf().INGEST_TIMEOUT

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: Any = {"eventwall.connection": self}
        self.scope["extensions"] = extensions
        self._deadline = self.loop.time() + conf().INGEST_TIMEOUT

    def on_headers_complete(self) -> None:
        self._deadline = inf
        ahead = self.cycle
        super().on_headers_complete()
        if self.pipeline:
            # uvicorn would tell only the last of them that the connection is lost, and whoever
            # streams to the first would go on forever.
            still = {cycle for cycle in self._pipelined if not cycle.response_complete}
            self._pipelined = (*(still | {ahead}), self.cycle)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.subscriber is not None:
            self.subscriber.became_busy()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.subscriber is not None:
            self.subscriber.became_free()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.subscriber is not None:
            # At once: before its request hears of it, something may be written.
            self.subscriber.close()
        for cycle in self._pipelined:
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        # As uvicorn's own, but for the timer.
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            # The headers of another request may have begun already.
            self._deadline = min(self._deadline, self.loop.time() + KEEP_ALIVE)

    def look(self, now: float) -> None:
        """Drop the connection if its client is late, at loop time `now`."""
        if now > self._deadline:
            self.abort()


class Server(uvicorn.Server):
    """Sends the open streams away before uvicorn starts to wait for them."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What is there by now stays. To look for circles in it again and again, and after every
        # 700 objects in what is kept of events, takes a seventh of the time of a POST.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)

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
        draining = asyncio.ensure_future(wall.hub.drain(conf().STREAM_DRAIN))
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


def serve(listener: socket.socket, application: Lifespan) -> None:
    """Serve `application` on `listener` until SIGINT or SIGTERM; a second one stops at once."""
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
    Server(config).run(sockets=[listener])
