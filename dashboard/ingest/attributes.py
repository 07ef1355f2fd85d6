"""Attributes: which texts may be an event's type, subject or key. Refused, never stripped."""

import unicodedata
from typing import Final

LONGEST: Final = 255
"""Characters; the log keeps no longer ones."""

_ILLEGAL: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
"""Unicode categories: controls, invisible formatting (bidi, zero-width), surrogates, unassigned,
line and paragraph separators. Each would show as something other than it is, or break a line."""


def why_illegal(value: str, longest: int = LONGEST) -> str | None:
    """Return why `value` cannot be an attribute, or None when it can."""
    if not 1 <= len(value) <= longest:
        return f"has {len(value)} characters; 1 to {longest} are legal"
    if value.isprintable():
        return None
    for place, character in enumerate(value):
        if unicodedata.category(character) in _ILLEGAL:
            return (
                f"holds U+{ord(character):04X} at {place}; "
                "printable text without control or invisible characters is legal"
            )
    return None


def why_illegal_key(value: str) -> str | None:
    """Return why `value` cannot be an Idempotency-Key, or None when it can."""
    if not value.isascii():
        return "is not ASCII; 1 to 255 printable ASCII characters are legal"
    return why_illegal(value)
