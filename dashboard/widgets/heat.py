"""HeatWidget: the mean of a measure for each hour of each day, as a field of colour."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Final

from django.utils import dateformat, timezone
from pydantic import AfterValidator, Field

from dashboard.history.past import Past
from dashboard.history.rollups import Rollup, Series
from dashboard.log.base import Entry
from dashboard.widgets.base import ALONE, Beside, Widget
from dashboard.widgets.measures import (
    UNIT_LENGTH,
    decimals_for,
    digits,
    histories,
    prefix_for,
    show,
)
from dashboard.widgets.span import SpanWidget, percent, seconds_of

HOURS: Final = 24
SHADES: Final = 7
"""The shades that the style sheet has (.q0 to .q6)."""
MOST_TOLD: Final = 7
"""Days of whose hours the values have room."""
_LONGEST: Final = 5
"""Signs of a value that have room in an hour."""
_DAY: Final = 86_400
_QUARTER: Final = 900
_HOUR_TOLD: Final = 3


def _days(span: str) -> str:
    if seconds_of(span) < _DAY or not span.endswith("d"):
        raise ValueError("legal is a number of days from 1d to 30d, such as 7d")
    return span


class HeatWidget(SpanWidget):
    """Draws a row for each day, today's last, and a cell for each hour where the wall hangs."""

    class Options(Widget.Options):
        span: Annotated[str, AfterValidator(_days)] = Field(
            "7d", description="how many days are shown, from 1d to 30d, today included"
        )
        measure: str = Field("", description="name of the measure; empty: the first there is")
        unit: str | None = Field(
            None, max_length=UNIT_LENGTH, description="shown instead of the unit that came"
        )

    template_name = "dashboard/widgets/heat.html"
    step: ClassVar[int] = _QUARTER

    def chart(
        self,
        entries: Sequence[Entry],
        past: Past,
        now: float,
        others: Mapping[str, Beside] = ALONE,
    ) -> dict[str, Any]:
        found = past.lines(now)
        newest = histories(entries[-1:])
        names = [*newest, *(series.measure for series in found)]
        wanted = self.options.measure or next(iter(names), "")
        days = self.span // _DAY
        today = datetime.fromtimestamp(now, timezone.get_default_timezone()).date()
        first = today - timedelta(days=days - 1)
        cells = _cells(found, wanted, first)
        if not cells:
            known = sorted({series.measure for series in found})
            return {"missing": self.options.measure, "known": known, "primed": past.is_primed}
        means = {cell: one.mean for cell, one in cells.items()}
        low, high = min(means.values()), max(means.values())
        said = newest[wanted].unit if wanted in newest else ""
        unit = said if self.options.unit is None else self.options.unit
        return {
            "name": "" if wanted == "value" else wanted,
            "shades": _shades(means, low, (high - low) or 1.0),
            "height": str(days),
            "days": [_day(first + timedelta(days=number), number, days) for number in range(days)],
            "hours": [
                {
                    "x": percent((hour + 0.5) / HOURS * 1_000),
                    "text": f"{hour:02}",
                    "minor": hour % (2 * _HOUR_TOLD) > 0,
                }
                for hour in range(0, HOURS, _HOUR_TOLD)
            ],
            "cells": _told(means, days, unit) if days <= MOST_TOLD else [],
            "low": show([low], unit),
            "high": show([high], unit),
            "scale": [str(number) for number in range(SHADES)],
        }


def _cells(
    found: Mapping[Series, Sequence[tuple[int, Rollup]]], wanted: str, first: date
) -> dict[tuple[int, int], Rollup]:
    """Return what was measured by (day, hour), all subjects together."""
    zone = timezone.get_default_timezone()
    cells: dict[tuple[int, int], Rollup] = {}
    for series, steps in found.items():
        if series.measure != wanted:
            continue
        for start, one in steps:
            at = datetime.fromtimestamp(start, zone)
            cell = (at.date() - first).days, at.hour
            if cell[0] >= 0:
                cells[cell] = cells[cell] + one if cell in cells else one
    return cells


def _shade(value: float, low: float, size: float) -> int:
    return min(SHADES - 1, int((value - low) / size * SHADES))


def _shades(
    means: Mapping[tuple[int, int], float], low: float, size: float
) -> list[dict[str, str]]:
    """Return a path for each shade, through the cells that have it, each of 1 by 1."""
    paths: dict[int, list[str]] = {}
    for (day, hour), mean in sorted(means.items()):
        paths.setdefault(_shade(mean, low, size), []).append(f"M{hour} {day}h1v1h-1z")
    return [{"shade": str(shade), "path": "".join(parts)} for shade, parts in sorted(paths.items())]


def _told(means: Mapping[tuple[int, int], float], days: int, unit: str) -> list[dict[str, str]]:
    """Return the values, in the size of the greatest; none where they have no room in a cell."""
    low, high = min(means.values()), max(means.values())
    scale, _ = prefix_for(max(low, high, key=abs), unit)
    scaled = {cell: mean / scale for cell, mean in means.items()}
    decimals = min(1, max(decimals_for([value]) for value in scaled.values()))
    told = {cell: digits(value, decimals) for cell, value in scaled.items()}
    if max(map(len, told.values())) > _LONGEST or 0 < max(map(abs, scaled.values())) < 0.05:
        return []
    return [
        {
            "x": percent(round((hour + 0.5) / HOURS * 1_000, 1)),
            "y": percent(round((day + 0.5) / days * 1_000, 1)),
            "text": told[day, hour],
            "shade": str(_shade(mean, low, (high - low) or 1.0)),
        }
        for (day, hour), mean in sorted(means.items())
    ]


def _day(day: date, number: int, days: int) -> dict[str, Any]:
    return {
        "y": percent(round((number + 0.5) / days * 1_000, 1)),
        "text": dateformat.format(day, "D j"),
        "minor": days > 10 and (days - 1 - number) % 5 > 0,
    }
