"""Frame: one Server-Sent Event, and its bytes. Pure: no I/O, no clock.

The format is that of https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

import random
import re
from dataclasses import dataclass
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
# Ids come back as Last-Event-ID; bytes outside this set, or more than 128 of them, would turn a
# cross-origin reconnect into a CORS preflight.
_LEGAL: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Frame:
    """A named event. `event` and `id` are 1 to 64 of A-Z a-z 0-9 . _ -; `data` is any text."""

    event: str
    data: str
    id: str | None = None

    def encode(self) -> bytes:
        """Return the frame as it goes over the wire; raises ValueError on an illegal name or id.

        Only CR, LF and CRLF end a line for a browser, so only they are split, each into a
        `data:` line of its own: nothing in `data` can forge a field.
        """
        lines = [f"event: {_legal('event name', self.event)}"]
        if self.id is not None:
            lines.insert(0, f"id: {_legal('id', self.id)}")
        lines.extend(f"data: {line}" for line in _LINE_END.split(self.data))
        return ("\n".join(lines) + "\n\n").encode("utf-8", "replace")


HEARTBEAT: Final = b"event: hb\ndata: {}\n\n"
"""That of /events/, where no id is to be told."""


def cursor(id: str) -> bytes:  # noqa: A002 - the field's name
    """Return the heartbeat of /events/, which moves a client's Last-Event-ID.

    An id without data would do for a browser; but there are client libraries that hand on every
    block, and this one as an empty event.
    """
    return Frame("hb", "{}", id).encode()


def unnamed(frame: bytes) -> bytes:
    """Return an encoded frame, which has an id, without its name: an EventSource's `message`."""
    head, _, rest = frame.partition(b"\n")
    return head + b"\n" + rest.partition(b"\n")[2]


def retry(low: float, high: float) -> bytes:
    """Return a `retry:` of `low` to `high` seconds: EventSource itself spreads no reconnects.

    It is the first line of a block, and waits for the rest.
    """
    return b"retry: %d\n" % random.randint(int(low * 1000), int(high * 1000))  # noqa: S311


def _legal(what: str, text: str) -> str:
    if not _LEGAL.fullmatch(text):
        raise ValueError(
            f"{text!r:.80} is no legal SSE {what} (legal: 1 to 64 of A-Z a-z 0-9 . _ -)"
        )
    return text
