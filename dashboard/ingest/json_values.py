"""What a parsed JSON value may be: how deep, how many members, which numbers and strings."""

import re
from typing import Any, Final, NamedTuple

SAFE_INTEGER: Final = 2**53 - 1
LONGEST_NAME: Final = 256

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_UNSTORABLE_HELP: Final = "holds U+0000 or half a surrogate pair; leave it out"


class Limits(NamedTuple):
    """How deep one event may nest, and how many members its objects may have in all."""

    depth: int = 32
    members: int = 1_000


class BadJSON(ValueError):
    """This is no strict JSON.

    `path` leads to the fault (names and indexes), `detail` says what is there and what is legal.
    """

    def __init__(self, detail: str, path: tuple[str | int, ...] = ()) -> None:
        self.detail = detail
        self.path = path
        super().__init__(detail)


class Fault:
    """Stands in a parsed value where its text was wrong, so that `check` can say the place."""

    __slots__ = ("detail", "path")

    def __init__(self, detail: str, *path: str) -> None:
        self.detail = detail
        self.path = path


def check(value: Any, limits: Limits, *, strings: bool = True) -> None:
    """Raise BadJSON where `value` is more than strict JSON may carry.

    `strings=False` when the strings cannot hold what is not storable (no escape in the text).
    """
    _count_members(value, 0, limits, strings)


def _count_members(value: Any, depth: int, limits: Limits, strings: bool) -> int:
    """Return how many members the objects in `value` have in all, if all of it is legal.

    A fault's path is built while BadJSON passes through the callers, and members that are
    plainly good are not asked again, so that the common event costs one call.
    """
    kind = type(value)
    if kind is dict:
        count = len(value)
        members = value.items()
    elif kind is list:
        count = 0
        members = enumerate(value)
    else:
        _check_scalar(value, strings)
        return 0
    if depth == limits.depth:
        raise BadJSON(too_deep(limits))
    if count > limits.members:
        raise BadJSON(too_many(limits))
    for name, member in members:
        if kind is dict and (strings or len(name) > LONGEST_NAME):
            _check_name(name)
        inner = type(member)
        if inner is str:
            if not strings:
                continue
        elif inner is float:
            if member - member == 0.0:
                continue
        elif inner is int and -SAFE_INTEGER <= member <= SAFE_INTEGER:
            continue
        try:
            count += _count_members(member, depth + 1, limits, strings)
        except BadJSON as error:
            error.path = (name, *error.path)
            raise
        if count > limits.members:
            raise BadJSON(too_many(limits))
    return count


def _check_scalar(value: Any, strings: bool) -> None:
    kind = type(value)
    if kind is int:
        if not -SAFE_INTEGER <= value <= SAFE_INTEGER:
            digits = str(value) if abs(value) < 10**100 else f"{value:#x}"
            raise BadJSON(too_big(digits))
    elif kind is float:
        if value - value != 0.0:
            raise BadJSON("the number is beyond ±1.8e308 or none; send a finite number")
    elif kind is str:
        if strings and _UNSTORABLE.search(value):
            raise BadJSON(f"{value!r:.80} {_UNSTORABLE_HELP}")
    elif kind is Fault:
        raise BadJSON(value.detail, value.path)


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise BadJSON(
            f"the name {name[:20]!r}… has {len(name)} characters; at most {LONGEST_NAME} are legal"
        )
    if _UNSTORABLE.search(name):
        raise BadJSON(f"the name {name!r:.80} {_UNSTORABLE_HELP}")


def too_big(digits: str) -> str:
    shown = digits if len(digits) <= 24 else f"{digits[:20]}… ({len(digits)} digits)"
    return f"{shown} is beyond ±{SAFE_INTEGER} (2^53-1), where parsers differ; send it as a string"


def too_deep(limits: Limits) -> str:
    return f"arrays and objects are nested too deep; at most {limits.depth} levels are legal"


def too_many(limits: Limits) -> str:
    return f"the objects have too many members; at most {limits.members} in one event are legal"
