"""Measures: what is a number on this wall, and how a number with its unit is said."""

import math
import re
import unicodedata
from typing import Any, Final

LONGEST_UNIT: Final = 64
LARGEST_WHOLE: Final = 2**53
"""Beyond it, JavaScript and most JSON readers change a whole number quietly."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?", re.ASCII)
_QUANTITY: Final = re.compile(
    r"(?P<number>[+-]?[0-9]+(?:\.[0-9]*)?) ?(?P<unit>[^\s\d][^\s]{0,7})", re.ASCII
)
_UNITS: Final = frozenset((
    "%", "‰", "°", "°c", "°f", "k", "c", "f", "pa", "hpa", "kpa", "mbar", "bar", "psi", "v",
    "mv", "kv", "a", "ma", "w", "kw", "mw", "kwh", "wh", "mwh", "va", "kva", "var", "hz",
    "khz", "mhz", "ghz", "lx", "lux", "lm", "ppm", "ppb", "µg/m³", "μg/m³", "ug/m3", "µg/m3",
    "mg/m³", "mm", "cm", "m", "km", "km/h", "kmh", "m/s", "mph", "kn", "kt", "mm/h", "in", "l",
    "l/min", "l/h", "m³", "m³/h", "m3", "m3/h", "kg", "g", "t", "lb", "oz", "db", "dba", "dbm",
    "s", "ms", "min", "h", "d", "b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib",
    "bit/s", "kbit/s", "mbit/s", "mb/s", "kb/s", "rpm", "bpm", "j", "kj", "cal", "kcal", "ω",
    "w/m²", "w/m2", "µs/cm", "μs/cm", "ph", "€", "$", "£", "¥",
    "度", "円", "人", "名", "個", "件", "回", "台", "本", "枚", "匹", "秒", "分", "時間", "日",
))  # fmt: skip
_LONGEST_NUMBER: Final = 64
_WIDE: Final = str.maketrans("０１２３４５６７８９．＋－−", "0123456789.+--")
"""Digits as Japanese keyboards write them, and the minus of typographers."""


def number(value: object) -> float:
    """Return `value` as a finite number (whole numbers stay int), also from a string of digits.

    Raises ValueError, saying what is legal.
    """
    if isinstance(value, str):
        text = value.strip().translate(_WIDE)
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


def quantity(text: str) -> dict[str, Any] | None:
    """Return the number and the unit that a text such as "21.4 °C" says; None where it says none.

    Only units that are known: "3rd floor" is no quantity.
    """
    if len(text) > _LONGEST_NUMBER:
        return None
    match = _QUANTITY.fullmatch(text.strip().translate(_WIDE))
    if match is None or not _is_unit(match["unit"]):
        return None
    try:
        return measure(number(match["number"]), match["unit"])
    except ValueError:
        return None


def _is_unit(said: str) -> bool:
    """Whether it is a unit that is known, also as one sign of a wide font: ℃, ㎏, ％."""
    return said.lower() in _UNITS or unicodedata.normalize("NFKC", said).lower() in _UNITS


def measure(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}


_KINDS: Final[dict[type, str]] = {
    bool: "true or false",
    type(None): "null",
    list: "a list",
    dict: "an object",
}
