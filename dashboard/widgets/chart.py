"""ChartWidget: measures over a span of time, with axes; the same after a reload and a restart."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

from pydantic import Field, model_validator

from dashboard.history.past import Past
from dashboard.history.rollups import Rollup, Series
from dashboard.log.base import Entry
from dashboard.widgets.annotations import marks
from dashboard.widgets.base import ALONE, Beside, Widget
from dashboard.widgets.crossings import ALERT, WARN, NumberThresholds, limits_of
from dashboard.widgets.geometry import Point, Scale, area, band, line, pieces, value_scale
from dashboard.widgets.limit_bands import drawn_bands, with_limits
from dashboard.widgets.measures import (
    NAME_LENGTH,
    UNIT_LENGTH,
    alike,
    histories,
    show,
)
from dashboard.widgets.span import Span, SpanWidget, percent, time_axis

MOST_LINES: Final = 6
"""Lines that can be told from each other across a room."""
MOST_POINTS: Final = 500
"""Points of a line that are sent to the page: more would stand on the same pixels."""
_ASIDE: Final = 120
"""Per mille of the width in which a label is written towards the middle."""


class _Line(NamedTuple):
    """A series as it is drawn: its points stand for `step` seconds each."""

    series: Series
    step: int
    points: list[Point]
    last: float


class ChartWidget(SpanWidget):
    """Draws a line for each measure that its options name, or for all there are."""

    class Options(Widget.Options):
        span: Span = Field(
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
        also: tuple[str, ...] = Field(
            (), max_length=MOST_LINES - 1, description="other producers whose measures it draws too"
        )
        annotations: tuple[str, ...] = Field(
            (), max_length=4, description="other producers; what they said is marked in the chart"
        )
        measure: str = Field(
            "", description="what a limit without a name is of; empty: each measure that is shown"
        )
        warn: NumberThresholds = WARN
        alert: NumberThresholds = ALERT

        @model_validator(mode="after")
        def _once(self) -> Self:
            for named in (self.also, self.annotations):
                if len(set(named)) < len(named):
                    raise ValueError(f"a producer is named twice in {list(named)}")
            return self

    template_name = "dashboard/widgets/chart.html"

    @property
    def also(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.options.also  # type: ignore[no-any-return]

    @property
    def marked(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.options.annotations  # type: ignore[no-any-return]

    def chart(
        self,
        entries: Sequence[Entry],
        past: Past,
        now: float,
        others: Mapping[str, Beside] = ALONE,
    ) -> dict[str, Any]:
        told = self._told(entries, past, others)
        known = {series: steps for one, _ in told for series, steps in one.lines(now).items()}
        wanted, limits = self.options.measures, limits_of(self.options)
        found = {
            series: steps
            for series, steps in known.items()
            if not wanted or series.measure in wanted
        }
        if not found:
            names = sorted({series.measure for series in known})
            is_primed = all(one.is_primed for one, _ in told)
            return {
                "missing": ", ".join(wanted),
                "known": names,
                "primed": is_primed,
                "crossing": limits and limits.worst([], [], entries),
            }
        x = Scale(now - past.span, now)
        lines = [
            _line(series, steps, past, x) for series, steps in list(found.items())[:MOST_LINES]
        ]
        measures = {one.series.measure for one in lines}
        low = min(point.low for one in lines for point in one.points)
        high = max(point.high for one in lines for point in one.points)
        y, ticks = value_scale(*with_limits(limits, measures, low, high))
        units = {
            (shown[-1].event.producer, name): history.unit
            for _, shown in told
            if shown
            for name, history in histories(shown[-1:]).items()
        }
        drawn = [
            self._drawn(number, one, x, y, units, len(lines) == 1)
            for number, one in enumerate(lines, 1)
        ]
        return {
            "lines": drawn,
            "limits": drawn_bands(limits, measures, y),
            "crossing": limits
            and limits.worst((one["crossing"] for one in drawn), measures, entries),
            "more": len(found) - len(lines),
            "marks": marks(self.marked, others, x),
            "rows": [
                {"y": percent(tick.place), "text": text, "minor": tick.is_minor}
                for tick, text in zip(ticks, alike([tick.value for tick in ticks]), strict=True)
            ],
            "columns": time_axis(x),
        }

    def _told(
        self, entries: Sequence[Entry], past: Past, others: Mapping[str, Beside]
    ) -> list[tuple[Past, Sequence[Entry]]]:
        """Return the past and the entries of each producer that has lines."""
        beside = [others[alias] for alias in self.also if alias in others]
        return [
            (past, entries),
            *((one.past, one.entries) for one in beside if isinstance(one.past, Past)),
        ]

    def _drawn(
        self,
        number: int,
        one: _Line,
        x: Scale,
        y: Scale,
        units: Mapping[tuple[str, str], str],
        is_alone: bool,
    ) -> dict[str, Any]:
        runs = pieces(one.points, one.step)
        said = units.get((one.series.producer, one.series.measure), "")
        value = show([one.last], said if self.options.unit is None else self.options.unit)
        told = [line(run, x, y) for run in runs]
        end, name, limits = one.points[-1], self._name(one.series), limits_of(self.options)
        return {
            "number": number,
            "name": name,
            "crossing": limits and limits.crossing(one.series.measure, one.last, name, value.said),
            "value": value.number,
            "unit": value.unit,
            "pieces": told,
            "bands": [shape for run in runs if (shape := band(run, x, y))],
            "areas": [
                f"{text} {area(run, x)}" for text, run in zip(told, runs, strict=True) if is_alone
            ],
            "dot": {"x": percent(x.x(end.at)), "y": percent(y.y(end.value))},
            "extremes": _extremes(one.points, x, y) if is_alone else [],
        }

    def _name(self, series: Series) -> str:
        measure = "" if series.measure == "value" else series.measure
        producer = series.producer if self.also else ""
        return " · ".join(filter(None, (producer, series.subject, measure)))[:NAME_LENGTH]


def _line(series: Series, steps: Sequence[tuple[int, Rollup]], past: Past, x: Scale) -> _Line:
    """Return a series as points, few enough to be drawn, each with lowest and highest."""
    width = past.step * max(1, -(-past.span // (past.step * MOST_POINTS)))
    return _Line(series, width, _points(steps, width, x), steps[-1][1].last)


def _points(steps: Sequence[tuple[int, Rollup]], width: int, x: Scale) -> list[Point]:
    """Return a point for each `width` seconds of the rollups, which are in order of time."""
    points: list[Point] = []
    begin, size, low, total, high = 0, 0, 0.0, 0.0, 0.0
    for start, one in steps:
        if size and start - start % width == begin:
            size += one.size
            total += one.sum
            # min() and max() are calls, of which this loop makes thousands.
            low = one.low if one.low < low else low
            high = one.high if one.high > high else high
            continue
        if size:
            points.append(_point(begin + width / 2, size, low, total, high, x))
        begin, (size, low, high, total, _) = start - start % width, one
    points.append(_point(begin + width / 2, size, low, total, high, x))
    return points


def _point(at: float, size: int, low: float, total: float, high: float, x: Scale) -> Point:
    # Of many values alike, the mean may be beyond them by a rounding.
    mean = min(max(total / size, low), high)
    return Point(min(max(at, x.start), x.end), low, mean, high)


def _extremes(points: Sequence[Point], x: Scale, y: Scale) -> list[dict[str, str]]:
    """Return where the highest and the lowest value are written; nothing of a level line."""
    top, bottom = max(points, key=lambda one: one.high), min(points, key=lambda one: one.low)
    if top.high == bottom.low:
        return []
    return [
        _extreme(at, value, points, x, y, side)
        for at, value, side in ((top.at, top.high, "highest"), (bottom.at, bottom.low, "lowest"))
    ]


def _extreme(
    at: float, value: float, points: Sequence[Point], x: Scale, y: Scale, side: str
) -> dict[str, str]:
    place = x.x(at)
    anchor = "start" if place < _ASIDE else "end" if place > 1_000 - _ASIDE else "middle"
    text = show([points[-1].value, value], "").number
    return {"x": percent(place), "y": percent(y.y(value)), "text": text, "is": f"{side} {anchor}"}
