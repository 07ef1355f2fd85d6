"""A parser of text/event-stream, written from the HTML specification and from nothing of ours.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """What an EventSource would dispatch."""

    type: str
    data: str
    last_event_id: str


class Parser:
    """Fanout it bytes in any pieces; it returns the messages that they complete."""

    def __init__(self) -> None:
        self._buffer = b""
        self._started = False
        self._after_cr = False
        self._data: list[str] = []
        self._type = ""
        self._id_buffer = ""
        self.last_event_id = ""
        self.retry: int | None = None
        self.unknown_fields: list[str] = []

    def feed(self, data: bytes) -> list[Message]:
        messages = []
        for byte in data:
            char = bytes([byte])
            if self._after_cr:
                self._after_cr = False
                if char == b"\n":
                    continue
            if char in b"\r\n":
                self._after_cr = char == b"\r"
                message = self._line(self._buffer)
                self._buffer = b""
                if message is not None:
                    messages.append(message)
            else:
                self._buffer += char
        return messages

    def _line(self, raw: bytes) -> Message | None:
        if not self._started:
            self._started = True
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        line = raw.decode("utf-8", "replace")
        if line == "":
            return self._dispatch()
        if line.startswith(":"):
            return None
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._type = value
        elif field == "data":
            self._data.append(value)
        elif field == "id":
            if "\0" not in value:
                self._id_buffer = value
        elif field == "retry":
            if value.isascii() and value.isdigit():
                self.retry = int(value)
        else:
            self.unknown_fields.append(field)
        return None

    def _dispatch(self) -> Message | None:
        self.last_event_id = self._id_buffer
        data, kind = self._data, self._type
        self._data, self._type = [], ""
        if not data:
            return None
        text = "\n".join(data)
        if text == "":
            return None
        return Message(kind or "message", text, self.last_event_id)
