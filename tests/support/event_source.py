"""EventSource: an HTTP client that reads a stream, byte by byte as it comes."""

import socket
import time
from collections.abc import Mapping

from tests.support.sse_parser import Message, Parser


class EventSource:
    """One GET of a stream. Use it as a context manager, so that the socket is closed."""

    def __init__(self, port: int, path: str, headers: Mapping[str, str]) -> None:
        self.parser = Parser()
        self.received = b""
        self.messages: list[Message] = []
        self._raw = b""
        self.ended = False
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/event-stream"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self._socket.recv(65536)
            assert piece, f"closed within the headers: {head!r}"
            head += piece
        start, _, self._raw = head.partition(b"\r\n\r\n")
        status, *fields = start.decode("latin-1").split("\r\n")
        self.status = int(status.split()[1])
        self.headers = {
            name.lower(): value for name, value in (field.split(": ", 1) for field in fields)
        }
        self._dechunk()

    def __enter__(self) -> "EventSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def read(self, within: float = 10) -> bool:
        """Wait for more bytes; return False when none came in time or the stream ended."""
        self._socket.settimeout(within)
        try:
            piece = self._socket.recv(65536)
        except TimeoutError:
            return False
        if not piece:
            self.ended = True
            return False
        self._raw += piece
        self._dechunk()
        return True

    def until(self, count: int, event: str | None = None, within: float = 60) -> list[Message]:
        """Read until there are `count` messages (of that event name); return those."""
        deadline = time.monotonic() + within
        while len(found := self.of(event)) < count:
            left = deadline - time.monotonic()
            assert left > 0, f"only {len(found)} of {count} {event} within {within} s"
            if not self.read(left):
                assert not self.ended, f"ended after {len(found)} of {count} {event}"
        return found[:count]

    def until_text(self, text: str, event: str, within: float = 60) -> Message:
        """Read until a message of that event name holds `text`; return it."""
        deadline = time.monotonic() + within
        while True:
            for message in self.of(event):
                if text in message.data:
                    return message
            left = deadline - time.monotonic()
            assert left > 0, f"no {text!r} in {event} within {within} s"
            assert self.read(left) or not self.ended, f"ended without {text!r} in {event}"

    def of(self, event: str | None) -> list[Message]:
        return [message for message in self.messages if event in (None, message.type)]

    def _dechunk(self) -> None:
        while True:
            size, mark, rest = self._raw.partition(b"\r\n")
            if not mark:
                return
            length = int(size, 16)
            if len(rest) < length + 2:
                return
            if length == 0:
                self.ended = True
                return
            self.received += rest[:length]
            self.messages += self.parser.feed(rest[:length])
            self._raw = rest[length + 2 :]
