"""Threshold: which values of a measure are to be warned of, as a tile's options say it. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Final, NamedTuple

LEGAL: Final = (
    "legal are > 26, >= 26, < 18, <= 18, == 5, != 5, in 18..26, not in 18..26, == some text,"
    " != some text, in a, b, c, not in a, b, c, and a number or a text by itself"
)
LONGEST: Final = 200

_NUMBER: Final = r"[+\-−]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_OPERATOR: Final = re.compile(r"(<=|>=|==|!=|<|>|(?:not\s+)?in(?=\s|$))\s*(.*)", re.DOTALL)
_RANGE: Final = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_SIGNS: Final = {">=": "≥", "<=": "≤", "!=": "≠", "==": "="}


class Interval(NamedTuple):
    """Numbers from `low` to `high`; each end belongs to them if it is `closed`."""

    low: float
    high: float
    low_closed: bool = True
    high_closed: bool = True

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, int | float):
            return False
        above = value >= self.low if self.low_closed else value > self.low
        return above and (value <= self.high if self.high_closed else value < self.high)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Values that are to be warned of: the numbers in `intervals`, and the texts in `words`, or,
    where they are `spared`, all texts but those. `text` is how people write it."""

    text: str
    intervals: tuple[Interval, ...] = ()
    words: frozenset[str] = frozenset()
    spared: bool = False

    def holds(self, value: object) -> bool:
        """Return whether `value` is to be warned of.

        What can not be compared never is: no text is more than 26, and a NaN is nothing. Texts
        are alike whatever their case; true and false are texts.
        """
        if isinstance(value, bool):
            value = "true" if value else "false"
        if isinstance(value, str):
            return bool(self.words) and (_word(value) in self.words) != self.spared
        return any(value in interval for interval in self.intervals)


def read_threshold(said: object) -> Threshold:
    """Return what `said` means: a string as in LEGAL, a number, true or false, or a list of such.

    Raises ValueError, which says what is wrong and what is legal.
    """
    if isinstance(said, bool):
        said = "true" if said else "false"
    if isinstance(said, int | float):
        said = f"== {_digits(said)}"
    if isinstance(said, list | tuple):
        return _read_operator("in", [_item(one) for one in said], ", ".join(map(str, said)))
    if not isinstance(said, str):
        raise ValueError(f"that is no limit; {LEGAL}")
    text = said.strip()
    if not 0 < len(text) <= LONGEST:
        raise ValueError(f"a limit has 1 to {LONGEST} characters; {LEGAL}")
    if match := _OPERATOR.fullmatch(text):
        operator, rest = " ".join(match[1].split()), match[2].strip()
        if operator in ("in", "not in"):
            return _read_membership(operator, rest)
        return _read_operator(operator, [rest], rest)
    if text[0] in "=!≤≥≠~":
        raise ValueError(f"it begins with no operator; {LEGAL}")
    if _RANGE.fullmatch(text):
        raise ValueError(f"a range is 'in {text}' or 'not in {text}'; {LEGAL}")
    if "," in text:
        raise ValueError(f"several are 'in {text}', one text is '== {text}'; {LEGAL}")
    return _read_operator("==", [text], text)


def _read_membership(operator: str, rest: str) -> Threshold:
    if match := _RANGE.fullmatch(rest):
        low, high = _number(match[1]), _number(match[2])
        if not -inf < low <= high < inf:
            raise ValueError(f"the range {rest} does not rise; {LEGAL}")
        inside = Interval(low, high)
        intervals = (inside,) if operator == "in" else _around([inside])
        return Threshold(f"{operator} {match[1]} to {match[2]}", intervals)
    if ".." in rest:
        raise ValueError(f"a range has two numbers, without their unit; {LEGAL}")
    return _read_operator(operator, [item.strip() for item in rest.split(",")], rest)


def _read_operator(operator: str, items: list[str], rest: str) -> Threshold:
    if not items or not all(items):
        raise ValueError(f"something is missing after {operator!r}; {LEGAL}")
    numbers = sorted({_number(item) for item in items if re.fullmatch(_NUMBER, item)})
    words = frozenset(_word(item) for item in items if not re.fullmatch(_NUMBER, item))
    if numbers and not -inf < numbers[0] <= numbers[-1] < inf:
        raise ValueError(f"{rest:.40} is too large; {LEGAL}")
    said = f"{_SIGNS.get(operator, operator)} {rest}"
    points = [Interval(number, number) for number in numbers]
    match operator:
        case "==" | "in":
            return Threshold(said, tuple(points), words)
        case "!=" | "not in":
            return Threshold(said, _around(points), words, spared=True)
    if words:
        raise ValueError(f"{rest!r:.60} is no number (write it without its unit); {LEGAL}")
    (limit,) = numbers
    closed = operator.endswith("=")
    if operator.startswith(">"):
        return Threshold(said, (Interval(limit, inf, low_closed=closed),))
    return Threshold(said, (Interval(-inf, limit, high_closed=closed),))


def _around(inside: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return all numbers but those in closed intervals, which are in order and do not overlap."""
    ends = [Interval(-inf, -inf), *inside, Interval(inf, inf)]
    if len(ends) == 2:  # of no numbers at all nothing is said
        return ()
    return tuple(
        Interval(
            before.high,
            after.low,
            low_closed=before.high == -inf,
            high_closed=after.low == inf,
        )
        for before, after in pairwise(ends)
    )


def _item(one: object) -> str:
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, int | float):
        return _digits(one)
    if not isinstance(one, str):
        raise ValueError(f"{one!r:.40} is neither number nor text; {LEGAL}")
    return one.strip()[:LONGEST]


def _number(digits: str) -> float:
    return float(digits.replace("−", "-"))


def _digits(number: float) -> str:
    """Return a number as _NUMBER reads it; raises ValueError where it is not finite."""
    if not -inf < number < inf:
        raise ValueError(f"{number} is no number to compare with; {LEGAL}")
    try:
        return f"{float(number):.15g}"
    except OverflowError:
        raise ValueError(f"that number is too large; {LEGAL}") from None


def _word(text: str) -> str:
    return text.strip().casefold()
