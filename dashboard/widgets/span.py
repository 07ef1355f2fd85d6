"""Span: how much of the past a tile shows, as its options say it; SpanWidget: one that does."""

import re
from datetime import datetime
from typing import Annotated, Any, Final

from django.utils import dateformat, timezone
from pydantic import AfterValidator

from dashboard.widgets.base import Widget
from dashboard.widgets.geometry import SIZE, Scale, time_ticks

_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_DAY: Final = 86_400
_SECONDS: Final = {"m": 60, "h": 3_600, "d": _DAY}
_LEAST, _MOST = 60, 30 * _DAY
_EDGE: Final = 35
"""Per mille of the width in which a label would be cut off."""
_TOLD_DATE: Final = 6 * 3_600
"""Of longer spans midnight is told by its date."""


def seconds_of(span: str) -> int:
    """Return a span such as 15m, 1h or 7d in seconds. Raises ValueError, saying what is legal."""
    match = _SPAN.fullmatch(span)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not _LEAST <= seconds <= _MOST:
        raise ValueError("legal is a number of m, h or d from 1m to 30d, such as 15m, 1h, 7d")
    return seconds


def _legal(span: str) -> str:
    seconds_of(span)
    return span


Span = Annotated[str, AfterValidator(_legal)]


class SpanWidget(Widget):
    """A widget whose options have a `span`."""

    size = "2x1"

    @property
    def span(self) -> int:  # type: ignore[override]
        return seconds_of(self.options.span)


def time_axis(x: Scale) -> list[dict[str, Any]]:
    """Return the labels beneath a plot from `x.start` to `x.end` (seconds since 1970)."""
    zone, span = timezone.get_default_timezone(), x.end - x.start
    return [
        {
            "x": percent(tick.place),
            "text": _moment(datetime.fromtimestamp(tick.value, zone), span),
            "minor": tick.is_minor,
        }
        for tick in time_ticks(x, zone)
        if _EDGE <= tick.place <= SIZE - _EDGE
    ]


def percent(place: float) -> str:
    """Return a place in per mille as an SVG length."""
    return f"{place / 10:g}%"


def day_and_month(when: datetime) -> str:
    """Return a date in few signs, in the language of who looks."""
    return dateformat.format(when, "j M")


def _moment(when: datetime, span: float) -> str:
    if span > 2 * _DAY or (span > _TOLD_DATE and when.hour == when.minute == 0):
        return day_and_month(when)
    return f"{when:%H:%M:%S}" if span <= 600 else f"{when:%H:%M}"
