"""Protocol: uvicorn's HTTP/1.1 connection, with bounds and shortcuts of our own."""

import fcntl
import struct
import termios
from contextlib import suppress
from math import inf
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from dashboard.asgi import request_head
from dashboard.asgi.flow import Flow
from dashboard.asgi.refusing import RefusingProtocol
from dashboard.asgi.request_head import MOST_BYTES, require_size
from dashboard.conf import conf
from dashboard.http.problems import Refused
from dashboard.live.chunk import Message
from dashboard.live.transport import BODILESS, TransportSubscriber

KEEP_ALIVE = 30
"""Seconds that a connection may wait for its next request."""


class Protocol(RefusingProtocol):
    """uvicorn's HTTP/1.1, with bounds for what no body is, and a direct way to write a stream.

    The scope's extension `eventwall.connection` is the protocol itself; see
    dashboard.live.transport.Connection.
    """

    subscriber: TransportSubscriber | None = None
    _deadline = inf
    """When the headers must be complete or, between two requests, another have begun."""
    _head_bytes = 0
    """How many bytes of a request line or of headers have come."""
    _steps, _beside = 0, 0
    """How many pieces of a body and trailers came, and how many bytes that are no body."""
    _upgraded: tuple[bytes, str] | None = None
    """Method and version of a request that asks for another protocol, until it is asked anew."""

    def data_received(self, data: bytes) -> None:
        if self.over:
            return
        in_head, steps = self.in_head, self._steps
        if in_head:
            self._head_bytes += len(data)
        try:
            rest: bytes | None = None
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                rest = data[upgrade.args[0] :]
            if rest is not None:
                self._ask_anew(rest)
            if in_head and self.in_head:
                require_size(self._head_bytes)
            elif steps == self._steps and not (in_head or self.in_head):
                self._require_beside(len(data))
        except Refused as refused:
            self.refuse(refused)
        except httptools.HttpParserError as error:
            told = error.__context__
            if not isinstance(told, Refused):
                told = Refused("bad-request", f"this is no HTTP: {error}")
            self.refuse(told)

    def _ask_anew(self, rest: bytes) -> None:
        """Feed a request that asks for another protocol without its asking so.

        The parser is at the end of the headers, and takes no body after these.
        """
        while self._upgraded is not None:
            head = request_head.without_upgrade(*self._upgraded, self.url, self.headers)
            self._upgraded = None
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            try:
                self.parser.feed_data(head + rest)
            except httptools.HttpParserUpgrade as upgrade:  # that of a request behind it
                rest = (head + rest)[upgrade.args[0] :]

    def _require_beside(self, more: int) -> None:
        self._beside += more
        require_size(request_head.size_of(self.url, self.headers) + self._beside)

    def write(self, data: bytes) -> None:
        self.transport.write(data)

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

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_head:
            # As uvicorn's own.
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            self.headers.append((name, value))
            return
        # A trailer, which nobody asks for.
        self._steps += 1
        self._require_beside(len(name) + len(value) + 4)
        if self.cycle.response_started:
            raise Refused("bad-request", "trailers came after the answer had begun")

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        if self._head_bytes > MOST_BYTES:
            require_size(request_head.size_of(self.url, self.headers))
        if self.parser.should_upgrade():
            method = self.parser.get_method()
            if method == b"CONNECT":
                raise Refused("bad-request", "CONNECT asks for a proxy, and this is none")
            self._upgraded = method, version
            return
        request_head.check(self.url, self.headers, version)
        self.in_head = False
        self._deadline = inf
        ahead = self.cycle
        super().on_headers_complete()
        if self.pipeline:
            # uvicorn would tell only the last of them that the connection is lost, and whoever
            # streams to the first would go on forever.
            still = {cycle for cycle in self.pipelined if not cycle.response_complete}
            self.pipelined = (*(still | {ahead}), self.cycle)

    def on_body(self, body: bytes) -> None:
        self._steps += 1
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.in_head = True
        self._head_bytes = self._beside = 0
        if self._upgraded is None:
            super().on_message_complete()

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
        for cycle in self.pipelined:
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
        else:
            # As uvicorn's own, but for the timer. The headers of another request may have begun.
            self.server_state.total_requests += 1
            self.flow.resume_reading()
            self._deadline = min(self._deadline, self.loop.time() + KEEP_ALIVE)

    def look(self, now: float) -> None:
        """Drop the connection if its client is late, at loop time `now`."""
        if now > self._deadline:
            self.abort()
