"""Spark: a row of numbers as the coordinates of a small SVG line."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from django.utils.safestring import SafeString

WIDTH: Final = 240
HEIGHT: Final = 120
"""The viewBox that every sparkline is drawn in; CSS stretches it, the strokes do not scale."""

_ROWS: Final = tuple(str(row) for row in range(HEIGHT + 1))

FLAT: Final = 0.02
"""The least span drawn, as a share of the values: a wiggle below it stays nearly level."""


class Spark(NamedTuple):
    """Attribute values: `line` for `<polyline points>`, `dot` for a `<path d>` at its end.

    They are digits and spaces, which HTML needs no escaping for.
    """

    line: SafeString
    dot: SafeString

    @property
    def area(self) -> SafeString:
        """For `<polygon points>`: what is under the line."""
        return SafeString(f"0,{HEIGHT} {self.line} {WIDTH},{HEIGHT}")


_TINY: Final = 1e-280
"""Below it a span is too small to divide by."""


def spark(values: Sequence[float]) -> Spark:
    """Return `values` (finite, at least one, oldest first) as a line from left to right.

    The line fills the height between its lowest and highest value.
    """
    low, high = min(values), max(values)
    peak = max(abs(low), abs(high))
    least = FLAT * peak if peak > _TINY else 1.0
    if high - low < least:
        middle = (high + low) / 2
        low, high = middle - least / 2, middle + least / 2
    return _line(values, low, high)


def spark_between(values: Sequence[float], bottom: float, top: float) -> Spark:
    """Return `values` as a line in a height that stands for `bottom` to `top`; cut there."""
    if min(values) < bottom or max(values) > top:
        values = [min(top, max(bottom, value)) for value in values]
    return _line(values, bottom, top)


def _line(values: Sequence[float], low: float, high: float) -> Spark:
    step = HEIGHT / (high - low)
    top = high * step + 0.5
    rows = [_ROWS[int(top - value * step)] for value in values]
    line = "".join(map(str.__add__, _columns(len(rows)), rows))
    # Of a line without any length, WebKit makes an ellipse.
    return Spark(SafeString(line), SafeString(f"M{WIDTH} {rows[-1]}h.01"))


@lru_cache(maxsize=512)
def _columns(count: int) -> tuple[str, ...]:
    """Return the x part of each point; one value alone sits at the right edge."""
    step = WIDTH / (count - 1) if count > 1 else 0.0
    first = 0.0 if count > 1 else float(WIDTH)
    return tuple(f"{' ' if index else ''}{round(first + index * step)}," for index in range(count))
