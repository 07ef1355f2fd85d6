"""Unread: members of a payload that look like geometry, and that its format did not read."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from producers.detections.payload import MOST_PROBLEMS, Payload, Unreadable, token

_SIDES: Final = frozenset(
    {
        *("x", "y", "cx", "cy", "x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"),
        *("xmin", "ymin", "xmax", "ymax", "minx", "miny", "maxx", "maxy"),
        *("left", "top", "right", "bottom", "xtl", "ytl", "xbr", "ybr", "originx", "originy"),
        *("topleftx", "toplefty", "bottomrightx", "bottomrighty"),
        *("leftcol", "toprow", "rightcol", "bottomrow"),
        *("xcenter", "ycenter", "centerx", "centery", "startx", "starty", "endx", "endy"),
    }
)
_SHAPES: Final = re.compile(
    r"box|poly|rect(s|angle|angles)?$|keypoint|kpt|landmark|vert(ex|ices)|contour|outline|mask"
    r"|segment(s|ation)|xyxy|xywh|cxcy|ltrb|ltwh|tlwh|tlbr|corners|quad|points?$|bounds$|geometr"
    r"|^cent(er|re)$"
)
_NUMBERS: Final = re.compile(r"[\s\[\](){},;]*(-?\d+(\.\d+)?[\s\[\](){},;]+){3}-?\d[\d.\s\])},;]*")
_NUMBER_TEXT: Final = re.compile(r"\s*-?\d+(\.\d*)?\s*", re.ASCII)
_DEEPEST: Final = 24
_LOOKS: Final = 8


def left_out(payload: Payload, leaves_out: frozenset[str], not_kept: frozenset[str]) -> list[str]:
    """Return pointers to the first members of `not_kept`.

    Raises Unreadable where other geometry in `payload` was asked for by nobody: it would be lost.
    Members of `leaves_out` are none.
    """
    found: list[str] = []
    names = dict.fromkeys(leaves_out, False) | dict.fromkeys(not_kept, True)
    for where in _unread(payload, payload.value, payload.pointer, names, _DEEPEST):
        name = where.rpartition("/")[2]
        if name not in not_kept:
            said = f"{name!r} looks like a place on the picture, but this format has none there"
            raise Unreadable([(where, said)])
        if len(found) < MOST_PROBLEMS:
            found.append(where)
    return found


def looks_like_geometry(name: str, value: object) -> bool:
    """Return whether a member may say where something is."""
    plain = name.lower().replace("_", "").replace("-", "").replace(" ", "")
    if plain in _SIDES:
        return _is_number(value)
    if not _SHAPES.search(plain):
        return False
    if isinstance(value, str):
        return _NUMBERS.fullmatch(value[:200]) is not None
    return isinstance(value, dict | list | tuple) and _holds_numbers(value, _LOOKS)


def _unread(
    payload: Payload, value: object, pointer: str, names: Mapping[str, bool], deep: int
) -> Iterator[str]:
    """Yield where geometry is that nobody asked for, and what `names` maps to True."""
    if deep == 0:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            where = pointer + token(name)
            if name in names:
                if names[name] and inner is not None:
                    yield where
                continue
            if (id(value), name) not in payload.seen and looks_like_geometry(str(name), inner):
                yield where
            yield from _unread(payload, inner, where, names, deep - 1)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            if isinstance(inner, dict | list | tuple):
                yield from _unread(payload, inner, pointer + token(index), names, deep - 1)


def _holds_numbers(value: object, deep: int) -> bool:
    if deep == 0:
        return False
    if isinstance(value, dict):
        return any(_holds_numbers(inner, deep - 1) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_holds_numbers(inner, deep - 1) for inner in value[:4])
    return _is_number(value)


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return _NUMBER_TEXT.fullmatch(value[:40]) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)
