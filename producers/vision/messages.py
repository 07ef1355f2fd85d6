"""Messages: what the camera's process says to the wall, as bytes in a pipe."""

import json
import struct
from collections.abc import Mapping
from typing import Any, Final

LENGTHS: Final = struct.Struct(">II")
"""Of the JSON and of the picture behind it, before each message."""

MOST_JSON: Final = 4_194_304
MOST_PICTURE: Final = 67_108_864
"""Bytes; what claims to be longer is no message of ours."""


def pack(said: Mapping[str, Any], picture: bytes = b"") -> bytes:
    """Return a message. Raises ValueError or TypeError where JSON cannot say it."""
    text = json.dumps(said, allow_nan=False, default=_plain).encode()
    if len(text) > MOST_JSON:
        raise ValueError(f"it is {len(text):,} bytes of JSON (legal: at most {MOST_JSON:,})")
    return LENGTHS.pack(len(text), len(picture)) + text + picture


def unpack_lengths(head: bytes) -> tuple[int, int]:
    """Return how many bytes of JSON and of picture follow. Raises ValueError."""
    text, picture = LENGTHS.unpack(head)
    if text > MOST_JSON or picture > MOST_PICTURE:
        raise ValueError(f"{head!r} begins no message")
    return text, picture


def _plain(value: Any) -> Any:
    """Return a number or an array of NumPy's as Python's own."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is nothing that JSON can say")
