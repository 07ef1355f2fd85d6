"""Hints: what a request says beside its payload, as `?format=coco&w=1280&h=720`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, get_args

from producers.base import BadQuery
from producers.detections.bounds import LARGEST_SIDE
from producers.detections.detect_format import format_named
from producers.detections.fields import Size
from producers.detections.format import Boxes
from producers.detections.spaces import Space
from producers.detections.turning import Exif

_CHOICES: Final = {"box_space": Space, "boxes": Boxes, "exif": Exif}
PARAMETERS: Final = ("format", "w", "h", *_CHOICES)
"""All that are read; a request may have no other."""


class BadHint(BadQuery):
    """A hint is not legal: `name` is its parameter, `detail` what is."""


@dataclass(frozen=True, slots=True)
class Hints:
    """The format goes before the producer's own; the rest is for payloads that do not tell it."""

    format: str | None = None
    size: Size | None = None
    box_space: Space | None = None
    boxes: Boxes | None = None
    exif: Exif | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what the query parameters say; others than its own are left alone.

        Raises BadHint.
        """
        name = query.get("format")
        if name is not None:
            try:
                name = format_named(name).name
            except ValueError as error:
                raise BadHint("format", str(error)) from None
        width, height = _side(query, "w"), _side(query, "h")
        told = {said: _choice(query, said) for said in _CHOICES}
        if width is None and height is None:
            return cls(name, **told)
        if width is None or height is None:
            raise BadHint("h" if height is None else "w", "w and h are given together")
        return cls(name, Size(width=width, height=height), **told)


def _choice(query: Mapping[str, str], name: str) -> Any:
    said = query.get(name)
    legal = get_args(_CHOICES[name])
    if said is not None and said not in legal:
        raise BadHint(name, f"{said!r:.40} is not legal; legal are {', '.join(legal)}")
    return said


def _side(query: Mapping[str, str], name: str) -> int | None:
    said = query.get(name)
    if said is None:
        return None
    digits = said.isascii() and said.isdecimal() and len(said) <= 6
    if not digits or not 1 <= int(said) <= LARGEST_SIDE:
        raise BadHint(name, f"{said!r:.40} is no number of pixels; legal are 1 to {LARGEST_SIDE}")
    return int(said)
