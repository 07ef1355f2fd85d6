"""Limits: what every event must keep to, so that any log can hold it and any stream carry it."""

import json
from collections.abc import Mapping
from typing import Final

from producers.events import Event

MAX_EVENT_BYTES: Final = 262_144
"""Of one event's data as JSON: 256 KiB, CloudEvents' advice (64 KiB) with room for a thumbnail."""


def why_unfit(event: Event) -> str | None:
    """Return why `event` can be kept nowhere, or None when it can."""
    try:
        text = json.dumps(dict(event.data), ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        return f"its data is no JSON ({type(error).__name__}: {error})"
    if size > MAX_EVENT_BYTES:
        return f"its data is {size:,} bytes of JSON (legal: at most {MAX_EVENT_BYTES:,})"
    # The escape is rare, and may be a backslash and a u of the text's own: only then look.
    if "\\u0000" in text and _holds_nul(event.data):
        return "its data holds a NUL character (legal: any other; databases cut the text there)"
    return None


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_holds_nul(name) or _holds_nul(inner) for name, inner in value.items())
    return isinstance(value, list | tuple) and any(map(_holds_nul, value))
