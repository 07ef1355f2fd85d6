"""Names: which words may name a producer, a tile or an SSE event, and why not."""

import re
from typing import Final

LONGEST_NAME: Final = 64
LEGAL_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LEGAL_NAME_HELP: Final = "1 to 64 of A-Z a-z 0-9 . _ -, starting with a letter or digit"

RESERVED_NAMES: Final = frozenset({"open", "error", "message", "hb", "reset", "bye", "layout"})
"""SSE event names that the browser or the stream itself speaks."""

CONTROL: Final = "_control"
"""The producer under which the processes of one wall tell each other things, through the log."""


def why_illegal(name: str) -> str | None:
    """Return why `name` cannot name a producer or a tile, or None when it can.

    The name becomes an SSE event name, a part of a URL and a CSS-free HTML id, so it is
    rejected where one of them could not carry it, never stripped.
    """
    if name.lower() in RESERVED_NAMES:
        reserved = ", ".join(sorted(RESERVED_NAMES))
        return f"{name!r} is a reserved name (reserved: {reserved})"
    if not LEGAL_NAME.fullmatch(name):
        return f"{name!r} is no legal name (legal: {LEGAL_NAME_HELP})"
    return None
