"""Measures: what is a number on this wall, and how a number with its unit is said."""

import math
import re
from typing import Any, Final

LONGEST_UNIT: Final = 64
LARGEST_WHOLE: Final = 2**53
"""Beyond it, JavaScript and most JSON readers change a whole number quietly."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?", re.ASCII)
_LONGEST_NUMBER: Final = 64


def number(value: object) -> float:
    """Return `value` as a finite number (whole numbers stay int), also from a string of digits.

    Raises ValueError, saying what is legal.
    """
    if isinstance(value, str):
        text = value.strip()
        if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise ValueError("this text is no number; legal is 21.4 or '21.4'")
        value = int(text) if text.lstrip("+-").isdecimal() else float(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{_KINDS.get(type(value), 'this')} is no number; legal is 21.4")
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise ValueError("the number is too large; legal are whole numbers up to 2^53")
    if not math.isfinite(value):
        raise ValueError("the number is not finite; legal is 21.4, never NaN or an infinity")
    return value


def measure(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}


_KINDS: Final[dict[type, str]] = {
    bool: "true or false",
    type(None): "null",
    list: "a list",
    dict: "an object",
}
