"""Hints: what a request says beside its payload, as `?format=coco&w=1280&h=720`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from producers.base import BadQuery
from producers.detections.bounds import LARGEST_SIDE
from producers.detections.detect_format import format_named
from producers.detections.fields import Size


class BadHint(BadQuery):
    """A hint is not legal: `name` is its parameter, `detail` what is."""


@dataclass(frozen=True, slots=True)
class Hints:
    """The format goes before the producer's own; the size is for payloads that tell none."""

    format: str | None = None
    size: Size | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what the query parameters say; others than format, w and h are left alone.

        Raises BadHint.
        """
        name = query.get("format")
        if name is not None:
            try:
                name = format_named(name).name
            except ValueError as error:
                raise BadHint("format", str(error)) from None
        width, height = _side(query, "w"), _side(query, "h")
        if width is None and height is None:
            return cls(name)
        if width is None or height is None:
            raise BadHint("h" if height is None else "w", "w and h are given together")
        return cls(name, Size(width=width, height=height))


def _side(query: Mapping[str, str], name: str) -> int | None:
    said = query.get(name)
    if said is None:
        return None
    digits = said.isascii() and said.isdecimal() and len(said) <= 6
    if not digits or not 1 <= int(said) <= LARGEST_SIDE:
        raise BadHint(name, f"{said!r:.40} is no number of pixels; legal are 1 to {LARGEST_SIDE}")
    return int(said)
