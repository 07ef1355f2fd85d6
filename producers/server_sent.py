"""Server-Sent Events as they are read: bytes in any pieces become messages. Pure.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_MARK: Final = b"\xef\xbb\xbf"


class Message(NamedTuple):
    """What an EventSource would dispatch; `id` is the last that was said, "" for none yet."""

    event: str
    data: str
    id: str


class MessageTooLarge(ValueError):
    """A message has more bytes than are taken."""


class MessageReader:
    """Keeps what is not a whole line yet, and the lines that are not a whole message."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._rest = b""
        self._began = False
        self._event = ""
        self._data: list[bytes] = []
        self._id = ""
        self.retry: float | None = None
        """Seconds after which to come back, as the source last said."""

    def feed(self, piece: bytes) -> Iterator[Message]:
        """Yield the messages that are whole with `piece`. Raises MessageTooLarge."""
        text = self._rest + piece
        if not self._began:
            if len(text) < len(_MARK) and _MARK.startswith(text):
                self._rest = text
                return
            self._began, text = True, text.removeprefix(_MARK)
        begin = 0
        for end in _LINE_END.finditer(text):
            if end[0] == b"\r" and end.end() == len(text):  # its \n may be in the next piece
                break
            message = self._line(text[begin : end.start()])
            begin = end.end()
            if message is not None:
                yield message
        self._rest = text[begin:]
        if len(self._rest) + sum(map(len, self._data)) > self._most_bytes:
            raise MessageTooLarge(f"a message is larger than {self._most_bytes:,} bytes")

    def _line(self, line: bytes) -> Message | None:
        if not line:
            event, data = self._event, b"\n".join(self._data).decode("utf-8", "replace")
            self._event, self._data = "", []
            return Message(event or "message", data, self._id) if data else None
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        match name:
            case b"event":
                self._event = value.decode("utf-8", "replace")
            case b"data":
                self._data.append(value)
            case b"id" if b"\0" not in value:
                self._id = value.decode("utf-8", "replace")
            case b"retry" if value.isdigit():
                self.retry = int(value[:9]) / 1000
        return None
