"""Strict JSON: texts that every parser reads alike (RFC 8259, I-JSON). Pure; knows no HTTP."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from json.scanner import make_scanner
from typing import Any, Final, NamedTuple, TypeAlias

from dashboard.ingest.json_values import (
    SAFE_INTEGER,
    BadJSON,
    Fault,
    Limits,
    check,
    too_big,
    too_deep,
    too_many,
)
from producers.events import JSON

_SPACE: Final = " \t\n\r"
_SPACES: Final = re.compile(f"[{_SPACE}]*")
_LONGEST_SAFE: Final = len(str(-SAFE_INTEGER))


class Batch(NamedTuple):
    """The values of a text that holds many, and how many characters the longest of them had."""

    items: list[JSON]
    longest: int


LoadMany: TypeAlias = Callable[[str, Limits, int], Batch]
"""`load_items` and `load_lines`."""


class TooManyItems(ValueError):
    """A batch holds more than the caller takes; reading stopped there."""


def decode(body: bytes) -> str:
    """Return `body` as text: UTF-8 without a byte order mark or NUL. Raises BadJSON."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadJSON(f"byte {error.start} is not UTF-8 ({error.reason}); send UTF-8") from None
    if text.startswith("\ufeff"):
        raise BadJSON("the text starts with a byte order mark; send UTF-8 without one")
    if "\0" in text:
        place = text.index("\0")
        raise BadJSON(f"character {place} is NUL, as in UTF-16 or UTF-32; send UTF-8 without it")
    return text


def load(text: str, limits: Limits) -> JSON:
    """Return the one value that `text` holds. Raises BadJSON."""
    value, end = _scan(text, _skip(text, 0), _scanners(limits), "\\u" in text)
    _expect_end(text, _skip(text, end))
    return value


def load_items(text: str, limits: Limits, most: int) -> Batch:
    """Return the items of the array that `text` holds; `limits` apply to each.

    Raises BadJSON, whose path starts with the item's index, and TooManyItems past `most`.
    """
    scanners, escapes = _scanners(limits), "\\u" in text
    items: list[JSON] = []
    longest = 0
    start = _skip(text, 0)
    if text[start : start + 1] != "[":
        raise BadJSON(f"{_near(text, start)}: a batch is a JSON array, [...]")
    start = _skip(text, start + 1)
    if text[start : start + 1] == "]":
        _expect_end(text, _skip(text, start + 1))
        return Batch(items, longest)
    while True:
        if len(items) == most:
            raise TooManyItems
        try:
            value, end = _scan(text, start, scanners, escapes)
        except BadJSON as error:
            error.path = (len(items), *error.path)
            raise
        items.append(value)
        if end - start > longest:
            longest = end - start
        end = _skip(text, end)
        mark = text[end : end + 1]
        if mark == ",":
            start = _skip(text, end + 1)
        elif mark == "]":
            _expect_end(text, _skip(text, end + 1))
            return Batch(items, longest)
        else:
            raise BadJSON(f"{_near(text, end)}: expecting ',' or ']'", (len(items) - 1,))


def load_lines(text: str, limits: Limits, most: int) -> Batch:
    """Return the value of each line that is not blank; `limits` apply to each.

    Raises BadJSON, whose path starts with the item's index (see `line_number`), and TooManyItems
    past `most`.
    """
    scanners, escapes = _scanners(limits), "\\u" in text
    items: list[JSON] = []
    longest = 0
    for line in _filled_lines(text):
        if len(items) == most:
            raise TooManyItems
        try:
            value, end = _scan(line, 0, scanners, escapes)
            _expect_end(line, end)
        except BadJSON as error:
            error.path = (len(items), *error.path)
            raise
        items.append(value)
        if end > longest:
            longest = end
    return Batch(items, longest)


def line_number(text: str, index: int) -> int:
    """Return on which line (from 1) `load_lines` found its item `index`."""
    filled = (number for number, line in enumerate(text.split("\n"), 1) if line.strip(_SPACE))
    return next(number for position, number in enumerate(filled) if position == index)


class _Scanners(NamedTuple):
    """The C scanner that json.loads wraps, made for the limits; without its two Python calls."""

    limits: Limits
    fast: Callable[[str, int], tuple[Any, int]]
    patient: Callable[[str, int], tuple[Any, int]]


@lru_cache(maxsize=4)
def _scanners(limits: Limits) -> _Scanners:
    def to_object(pairs: list[tuple[str, Any]]) -> object:
        if len(pairs) > limits.members:
            return Fault(too_many(limits))
        made = dict(pairs)
        return made if len(made) == len(pairs) else _twice(pairs)

    fast = json.JSONDecoder(object_pairs_hook=to_object, parse_constant=_constant)
    patient = json.JSONDecoder(
        object_pairs_hook=to_object, parse_constant=_constant, parse_int=_integer
    )
    # The scanner takes any object with a decoder's attributes; the stubs only know another one.
    return _Scanners(limits, make_scanner(fast), make_scanner(patient))  # type: ignore[arg-type]


def _twice(pairs: list[tuple[str, Any]]) -> Fault:
    names = Counter(name for name, _ in pairs)
    name = next(name for name, times in names.items() if times > 1)
    return Fault(f"the member {name!r:.80} is there twice; name it once", name)


def _constant(word: str) -> Fault:
    return Fault(f"{word} is no JSON number; send a finite number or null")


def _integer(digits: str) -> int | Fault:
    return int(digits) if len(digits) <= _LONGEST_SAFE else Fault(too_big(digits))


def _scan(text: str, start: int, scanners: _Scanners, escapes: bool) -> tuple[JSON, int]:
    """Return the checked value at `start` and where it ends."""
    try:
        try:
            value, end = scanners.fast(text, start)
        except json.JSONDecodeError:
            raise
        except ValueError:
            # An integer past int()'s digit limit; only the other scanner can say where it stands.
            value, end = scanners.patient(text, start)
    except StopIteration as stop:
        raise BadJSON(f"{_near(text, stop.value)}: expecting a value") from None
    except json.JSONDecodeError as error:
        raise BadJSON(f"{_near(text, error.pos)}: {error.msg}") from None
    except RecursionError:
        raise BadJSON(too_deep(scanners.limits)) from None
    check(value, scanners.limits, strings=escapes)
    return value, end


def _filled_lines(text: str) -> Iterator[str]:
    return filter(None, (line.strip(_SPACE) for line in text.split("\n")))


def _skip(text: str, start: int) -> int:
    """Return where the white space at `start` ends."""
    if text[start : start + 1] > " ":
        return start
    return _SPACES.match(text, start).end()  # type: ignore[union-attr]  # it matches nothing too


def _expect_end(text: str, end: int) -> None:
    if end != len(text):
        raise BadJSON(f"{_near(text, end)}: expecting nothing more after the value")


def _near(text: str, position: int) -> str:
    """Return in words where `position` is and what stands there."""
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    place = f"column {column}" if line == 1 else f"line {line}, column {column}"
    there = repr(text[position : position + 20]) if position < len(text) else "the end"
    return f"{place}, at {there:.80}"
