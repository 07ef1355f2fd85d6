"""Payload: a value as it was posted, read member by member; faults are told with their place."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from producers.detections.bounds import (
    FARTHEST,
    FARTHEST_OUTSIDE,
    LARGEST_SIDE,
    LONGEST_ID,
    LONGEST_LABEL,
    LONGEST_TEXT,
    MOST_DETECTIONS,
    NEAREST_OUTSIDE,
)
from producers.detections.fields import Size
from producers.detections.scalars import not_blank, sayable, storable, within_the_calendar

T = TypeVar("T")
Problem = tuple[str, str]

MOST_PROBLEMS: Final = 20

NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
"""A number in a text; nan, inf and 1_000 are none."""

_SURE: Final = 1.000_001
"""What a softmax in 32 bits may make of 1."""


class Unreadable(ValueError):
    """A payload cannot be read. `problems` holds (JSON pointer into it, message) pairs."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{where or 'the whole'}: {said}" for where, said in problems))


class Payload:
    """One value within what was posted. Whatever it does not find legal, it raises Unreadable."""

    __slots__ = ("_key", "parent", "seen", "value")

    def __init__(self, value: object, parent: "Payload | None" = None, key: str | int = "") -> None:
        self.value = value
        self.parent = parent
        self._key = key
        self.seen: set[tuple[int, str]] = set() if parent is None else parent.seen
        """Members that somebody asked for, as (id of their object, name): one set for the whole."""

    @property
    def pointer(self) -> str:
        """Where it stands, as a JSON pointer (RFC 6901)."""
        if self.parent is None:
            return ""
        return self.parent.pointer + token(self._key)

    def fault(self, said: str) -> Unreadable:
        return Unreadable([(self.pointer, f"{said}, not {shown(self.value)}")])

    def get(self, name: str) -> "Payload | None":
        """Return a member of this object; None where it is absent or null."""
        if not isinstance(self.value, dict):
            raise self.fault(f"legal is an object with {name!r}")
        self.seen.add((id(self.value), name))
        value = self.value.get(name)
        return None if value is None else Payload(value, self, name)

    def member(self, name: str) -> "Payload":
        """Return a member that this object must have."""
        found = self.get(name)
        if found is None:
            raise self.fault(f"{name!r} is missing")
        return found

    def items(self, most: int = MOST_DETECTIONS, *, exactly: int | None = None) -> "list[Payload]":
        """Return the items of this list: at most `most`, or `exactly` so many."""
        if not isinstance(self.value, list | tuple):
            raise self.fault("legal is a list")
        count = len(self.value)
        if exactly not in (None, count):
            raise self.fault(f"legal is a list of {exactly}")
        if count > most:
            raise Unreadable([(self.pointer, f"{count} are too many; legal are {most}")])
        return [Payload(item, self, index) for index, item in enumerate(self.value)]

    def each(self, read: "Callable[[Payload], T]", most: int = MOST_DETECTIONS) -> list[T]:
        """Return what `read` makes of each item. Tells the faults of all, up to 20."""
        made: list[T] = []
        problems: list[Problem] = []
        for item in self.items(most):
            try:
                made.append(read(item))
            except Unreadable as error:
                problems += error.problems
                if len(problems) >= MOST_PROBLEMS:
                    break
        if problems:
            raise Unreadable(problems[:MOST_PROBLEMS])
        return made

    def number(self, least: float = -FARTHEST, most: float = FARTHEST) -> float:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault("legal is a number")
        if not least <= value <= most:  # nor is NaN within
            raise self.fault(f"legal is a number from {least:g} to {most:g}")
        return float(value)

    def relative(self) -> float:
        """Return a coordinate that is a fraction of the picture, 0 to 1 within it."""
        try:
            return self.number(NEAREST_OUTSIDE, FARTHEST_OUTSIDE)
        except Unreadable:
            self.number()
            raise self.fault(
                f"this is a fraction of the picture: 0 to 1 within it, {NEAREST_OUTSIDE:g} to "
                f"{FARTHEST_OUTSIDE:g} at most (are these pixels?)"
            ) from None

    def score(self, *, percent: bool = False) -> float:
        """Return a score as 0 to 1; `percent` where the format is known to say 0 to 100."""
        if percent:
            return self.number(0, 100) / 100
        if isinstance(self.value, int | float) and _SURE < self.value <= FARTHEST:
            raise self.fault("a score is 0 to 1 (a percentage or a track id in its place?)")
        return min(self.number(0, _SURE), 1.0)

    def whole(self, least: int = 0, most: int = 2**53) -> int:
        """Return a whole number, which JSON writers may spell 18.0."""
        number = self.number(least, most)
        if number != int(number):
            raise self.fault(f"legal is a whole number from {least} to {most}")
        return int(number)

    def text(self, most: int = LONGEST_TEXT) -> str:
        if not isinstance(self.value, str) or not 1 <= len(self.value) <= most:
            raise self.fault(f"legal is a text of 1 to {most} characters")
        return self._checked(storable, self.value)

    def label(self) -> str:
        return self._checked(not_blank, self.text(LONGEST_LABEL))

    def id(self) -> str:
        """Return an id, which formats write as a text or as a number."""
        if isinstance(self.value, str):
            return self._checked(sayable, self.text(LONGEST_ID))
        return str(self.whole(-(2**53)))

    def instead(self, value: object) -> "Payload":
        """Return another value at the same place, so that its faults are told there."""
        return Payload(value, self.parent, self._key)

    def alone(self) -> "Payload":
        """Return this object as the one item of a list; its faults are told at itself."""
        return _Alone([self.value], self)

    def side(self) -> int:
        """Return a picture's width or height, which some write as a text of digits."""
        return self.plain().whole(1, LARGEST_SIDE)

    def size(self, width: str = "width", height: str = "height") -> Size:
        return Size(width=self.member(width).side(), height=self.member(height).side())

    def plain(self) -> "Payload":
        """Return a number that was written as a text as the number; all else as it is."""
        if isinstance(self.value, str) and NUMBER.fullmatch(self.value[:60].strip()):
            return self.instead(float(self.value[:60]))
        return self

    def epoch(self) -> datetime:
        """Return seconds since 1970 as a time in UTC."""
        return datetime.fromtimestamp(self.number(0, 32_503_680_000), UTC)  # to the year 3000

    def time(self) -> datetime:
        """Return an ISO 8601 time; without an offset it is UTC."""
        said = self.text(64)
        try:
            time = datetime.fromisoformat(said)
        except ValueError:
            raise self.fault("legal is a time such as 2030-12-31T23:59:59Z") from None
        return self._checked(within_the_calendar, time if time.tzinfo else time.replace(tzinfo=UTC))

    def _checked(self, check: Callable[[T], T], value: T) -> T:
        try:
            return check(value)
        except ValueError as error:
            raise self.fault(str(error)) from None


class _Alone(Payload):
    """A list that nobody sent, around what was sent alone."""

    __slots__ = ()

    def items(self, most: int = MOST_DETECTIONS, *, exactly: int | None = None) -> list[Payload]:
        assert self.parent is not None
        return [self.parent]


def token(key: str | int) -> str:
    """Return one step of a JSON pointer."""
    return "/" + str(key).replace("~", "~0").replace("/", "~1")


def shown(value: Any) -> str:
    """Return the beginning of `value` as Python writes it, on one line."""
    try:
        return f"{value!r:.80}"
    except (ValueError, RecursionError):  # an int of thousands of digits, or a list in itself
        return f"this {type(value).__name__}"
