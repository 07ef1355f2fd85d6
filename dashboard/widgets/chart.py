"""ChartWidget: measures over a span of time, with axes; the same after a reload and a restart."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from django.utils import timezone
from pydantic import AfterValidator, Field

from dashboard.history.past import Past
from dashboard.history.rollups import Rollup, Series
from dashboard.log.base import Entry
from dashboard.widgets.base import ALONE, Beside, Widget
from dashboard.widgets.geometry import (
    SIZE,
    Point,
    Scale,
    band,
    line,
    pieces,
    time_ticks,
    value_scale,
)
from dashboard.widgets.measures import (
    NAME_LENGTH,
    UNIT_LENGTH,
    decimals_for,
    digits,
    histories,
    show,
)

_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_SECONDS: Final = {"m": 60, "h": 3_600, "d": 86_400}
_LEAST, _MOST = 60, 30 * 86_400
MOST_LINES: Final = 6
"""Lines that can be told from each other across a room."""
_DAY: Final = 86_400
_EDGE: Final = 35
"""Per mille of the width in which a label would be cut off."""


def seconds_of(span: str) -> int:
    """Return a span such as 15m, 1h or 7d in seconds. Raises ValueError, saying what is legal."""
    match = _SPAN.fullmatch(span)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not _LEAST <= seconds <= _MOST:
        raise ValueError("legal is a number of m, h or d from 1m to 30d, such as 15m, 1h, 7d")
    return seconds


def _legal_span(span: str) -> str:
    seconds_of(span)
    return span


class ChartWidget(Widget):
    """Draws a line for each measure that its options name, or for all there are."""

    class Options(Widget.Options):
        span: Annotated[str, AfterValidator(_legal_span)] = Field(
            "1h", description="how much of the past is shown, such as 15m, 1h, 7d; at most 30d"
        )
        measures: tuple[str, ...] = Field(
            (),
            max_length=MOST_LINES,
            description=f"names of measures; empty: the first {MOST_LINES} there are",
        )
        unit: str | None = Field(
            None, max_length=UNIT_LENGTH, description="shown instead of the unit that came"
        )

    template_name = "dashboard/widgets/chart.html"
    size = "2x1"

    @property
    def span(self) -> int:  # type: ignore[override]
        return seconds_of(self.options.span)

    def chart(
        self,
        entries: Sequence[Entry],
        past: Past,
        now: float,
        others: Mapping[str, Beside] = ALONE,
    ) -> dict[str, Any]:
        wanted = self.options.measures
        found = {
            series: points
            for series, points in past.lines(now).items()
            if not wanted or series.measure in wanted
        }
        if not found:
            known = sorted({series.measure for series in past.lines(now)})
            return {"missing": ", ".join(wanted), "known": known, "primed": past.is_primed}
        shown = dict(list(found.items())[:MOST_LINES])
        x = Scale(now - past.span, now)
        y, ticks = value_scale(
            min(one.low for points in shown.values() for _, one in points),
            max(one.high for points in shown.values() for _, one in points),
        )
        zone = timezone.get_default_timezone()
        decimals = max(map(decimals_for, ([tick.value] for tick in ticks)))
        units = {name: history.unit for name, history in histories(entries[-1:]).items()}
        clock = "%H:%M:%S" if past.span <= 600 else "%H:%M" if past.span <= 2 * _DAY else "%d.%m."
        return {
            "lines": [
                self._line(number, series, points, past, x, y, units)
                for number, (series, points) in enumerate(shown.items(), 1)
            ],
            "more": len(found) - len(shown),
            "rows": [
                {"y": _percent(tick.place), "text": digits(tick.value, decimals)} for tick in ticks
            ],
            "columns": [
                {
                    "x": _percent(tick.place),
                    "text": f"{datetime.fromtimestamp(tick.value, zone):{clock}}",
                }
                for tick in time_ticks(x, zone)
                if _EDGE <= tick.place <= SIZE - _EDGE
            ],
        }

    def _line(
        self,
        number: int,
        series: Series,
        steps: Sequence[tuple[int, Rollup]],
        past: Past,
        x: Scale,
        y: Scale,
        units: dict[str, str],
    ) -> dict[str, Any]:
        half = past.step / 2
        points = [
            Point(min(max(start + half, x.start), x.end), one.low, one.mean, one.high)
            for start, one in steps
        ]
        runs = pieces(points, past.step)
        unit = units.get(series.measure, "") if self.options.unit is None else self.options.unit
        name = "" if series.measure == "value" else series.measure
        value = show([steps[-1][1].last], unit)
        return {
            "number": number,
            "name": " · ".join(filter(None, (series.subject, name)))[:NAME_LENGTH],
            "value": value.number,
            "unit": value.unit,
            "pieces": [line(run, x, y) for run in runs],
            "bands": [shape for run in runs if (shape := band(run, x, y))],
        }


def _percent(place: float) -> str:
    return f"{place / 10:g}%"
