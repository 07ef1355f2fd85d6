"""Arc: pieces of a gauge's scale as SVG paths. Pure; shares are of the scale, 0 to 1."""

from math import cos, radians, sin
from typing import Final

from django.utils.safestring import SafeString

CENTRE: Final = (100.0, 100.0)
RADIUS: Final = 86.0
"""In a viewBox of 200 x 164, which has room for the ends' names."""

_START: Final = 150.0
_SWEEP: Final = 240.0
"""Degrees, clockwise from where three o'clock is: the gap is below."""


def arc(start: float, end: float) -> SafeString:
    """Return the `<path d>` from one share of the scale to another; both are cut to 0–1.

    It is digits, letters and spaces, which HTML needs no escaping for.
    """
    start, end = (min(1.0, max(0.0, share)) for share in (start, end))
    large = int(_SWEEP * (end - start) > 180)
    return SafeString(f"M{_point(start)}A{RADIUS:g} {RADIUS:g} 0 {large} 1 {_point(end)}")


def _point(share: float) -> str:
    angle = radians(_START + _SWEEP * share)
    x, y = CENTRE[0] + RADIUS * cos(angle), CENTRE[1] + RADIUS * sin(angle)
    return f"{x:.2f} {y:.2f}"
