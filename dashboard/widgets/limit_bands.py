"""LimitBand: where a tile's limits lie on the axis of a chart or on the scale of a gauge. Pure."""

from collections.abc import Collection
from math import isfinite
from typing import Any, Final, NamedTuple

from dashboard.widgets.crossings import SEVERITIES, Limits, Severity
from dashboard.widgets.geometry import Scale
from dashboard.widgets.span import percent
from dashboard.widgets.thresholds import Interval

_NEAR: Final = 0.05
"""Share of the values within which a limit is near to them, however little they change."""


class LimitBand(NamedTuple):
    """Values from `low` to `high` that are beyond a limit; `ends` are those where it begins."""

    severity: Severity
    low: float
    high: float
    ends: tuple[float, ...]


def limit_bands(
    limits: Limits | None, measures: Collection[str], low: float, high: float
) -> list[LimitBand]:
    """Return what of the limits of these measures lies between `low` and `high`.

    Alerts are last, so that they are drawn over the warnings around them.
    """
    found = {
        LimitBand(
            severity,
            max(low, interval.low),
            min(high, interval.high),
            tuple(end for end in sorted({interval.low, interval.high}) if low <= end <= high),
        )
        for severity, interval in _intervals(limits, measures)
        if interval[0] <= high and interval[1] >= low
    }
    return sorted(found, key=lambda band: (band.severity == "alert", band))


def drawn_bands(limits: Limits | None, measures: Collection[str], y: Scale) -> list[dict[str, Any]]:
    """Return the bands of a chart as SVG attributes, in percent of its height."""
    return [
        {
            "severity": band.severity,
            "y": percent(y.y(band.high)),
            "height": percent(round(y.y(band.low) - y.y(band.high), 1)),
            "ends": [percent(y.y(end)) for end in band.ends],
        }
        for band in limit_bands(limits, measures, y.start, y.end)
    ]


def with_limits(
    limits: Limits | None, measures: Collection[str], low: float, high: float
) -> tuple[float, float]:
    """Return a range of values, made wider where a limit is near: no further away than the range
    is high, so that one that is far away does not press the line flat."""
    room = max(high - low, _NEAR * max(abs(low), abs(high)))
    near = [
        end
        for _, interval in _intervals(limits, measures)
        for end in interval[:2]
        if isfinite(end) and low - room <= end <= high + room
    ]
    return min([low, *near]), max([high, *near])


def _intervals(limits: Limits | None, measures: Collection[str]) -> list[tuple[Severity, Interval]]:
    if limits is None:
        return []
    return [
        (severity, interval)
        for severity, thresholds in zip(SEVERITIES, limits, strict=True)
        if thresholds is not None
        for measure in measures
        if (threshold := thresholds.of(measure)) is not None
        for interval in threshold.intervals
    ]
