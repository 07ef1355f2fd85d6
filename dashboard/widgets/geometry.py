"""Geometry: where lines, bands, ticks and labels of a chart are. Pure; places are in per mille."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final, NamedTuple

SIZE: Final = 1000
"""Width and height of the plot's viewBox, which is stretched to the tile."""

_GAP: Final = 3
"""Times the usual distance of two points that makes a gap."""
_FLAT: Final = 0.002
"""The least height drawn, as a share of the values: noise below it stays a level line."""
_NEAR_ZERO: Final = 0.4
"""Values that come as near to zero, as a share of the farthest, are drawn from zero on."""

_TENTHS: Final = tuple(f"{tenths / 10:g}" for tenths in range(10 * SIZE + 1))
"""Every place as text: a chart has thousands, and each is drawn often."""

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_TIME_STEPS: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 6, 12)),
    *(n * _DAY for n in (1, 2, 5, 10)),
)


class Point(NamedTuple):
    """A value at a time (seconds), between the lowest and highest that it stands for."""

    at: float
    low: float
    value: float
    high: float


class Tick(NamedTuple):
    """A place on an axis, in per mille of it, and its value; a minor one needs no label where
    there is little room."""

    place: float
    value: float
    is_minor: bool = False


class Scale(NamedTuple):
    """A range of values as a range of places; upwards on the y axis."""

    start: float
    end: float

    def x(self, value: float) -> float:
        return round((value - self.start) / (self.end - self.start) * SIZE, 1)

    def y(self, value: float) -> float:
        return round((self.end - value) / (self.end - self.start) * SIZE, 1)


def value_scale(low: float, high: float, most: int = 5) -> tuple[Scale, list[Tick]]:
    """Return a scale that holds these values, with up to `most` ticks at round numbers.

    A series that hardly changes does not become a cliff: the scale is FLAT of it high at least.
    """
    if 0 < low <= _NEAR_ZERO * high:
        low = 0
    elif 0 > high >= _NEAR_ZERO * low:
        high = 0
    least = _FLAT * max(abs(low), abs(high)) or 1.0
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    step = _round_step((high - low) / max(1, most - 1))
    first, last = math.floor(low / step), math.ceil(high / step)
    scale = Scale(first * step, last * step)
    every = 2 if last - first > 2 else 1
    return scale, [
        Tick(scale.y(number * step), _clean(number * step, step), (number - first) % every > 0)
        for number in range(first, last + 1)
    ]


def time_ticks(scale: Scale, zone: tzinfo, most: int = 9, major: int = 4) -> list[Tick]:
    """Return up to `most` ticks at round times of the day in `zone`, of them up to `major` that
    are not minor."""
    span = scale.end - scale.start
    step = time_step(span / most)
    coarse = next((n for n in _TIME_STEPS if span / n <= major and n % step == 0), _TIME_STEPS[-1])
    first = datetime.fromtimestamp(scale.start, zone)
    at = first.replace(hour=0, minute=0, second=0, microsecond=0)
    if step < _DAY:
        passed = (first - at).total_seconds()
        at += timedelta(seconds=math.ceil(passed / step) * step)
    ticks = []
    while (when := at.timestamp()) <= scale.end:
        # Counted from one day on, so that no label comes and goes at midnight.
        clock = at.toordinal() * _DAY + at.hour * _HOUR + at.minute * _MINUTE + at.second
        if when >= scale.start and clock % step == 0:
            ticks.append(Tick(scale.x(when), when, clock % coarse > 0))
        at += timedelta(seconds=min(step, _DAY))
    return ticks


def time_step(least: float) -> int:
    """Return the shortest round time (in seconds) that is not below `least`."""
    return next((step for step in _TIME_STEPS if step >= least), _TIME_STEPS[-1])


def pieces(points: Sequence[Point], step: float) -> list[Sequence[Point]]:
    """Return `points` (in order of time) in runs without a gap between."""
    distances = sorted(b.at - a.at for a, b in pairwise(points))
    usual = max(step, distances[len(distances) // 2]) if distances else step
    runs, begin = [], 0
    for index in range(1, len(points)):
        if points[index].at - points[index - 1].at > _GAP * usual:
            runs.append(points[begin:index])
            begin = index
    return [*runs, points[begin:]] if points else []


def line(points: Sequence[Point], x: Scale, y: Scale) -> str:
    """Return the `points` of a `<polyline>` through the values; one alone is a short dash."""
    told = _places(points, x, _rows([point.value for point in points], y))
    return " ".join(told * 2 if len(told) == 1 else told)


def band(points: Sequence[Point], x: Scale, y: Scale) -> str:
    """Return the `points` of a `<polygon>` between lows and highs; "" where they are alike."""
    if all(point.low == point.high for point in points):
        return ""
    highs = _places(points, x, _rows([point.high for point in points], y))
    lows = _places(points, x, _rows([point.low for point in points], y))
    return " ".join((*highs, *reversed(lows)))


def _places(points: Sequence[Point], x: Scale, rows: Sequence[str]) -> list[str]:
    start, share = x.start, 10 * SIZE / (x.end - x.start)
    columns = [_TENTHS[int((point.at - start) * share + 0.5)] for point in points]
    return list(map("{},{}".format, columns, rows))


def _rows(values: Sequence[float], y: Scale) -> list[str]:
    end, share = y.end, 10 * SIZE / (y.end - y.start)
    return [_TENTHS[int((end - value) * share + 0.5)] for value in values]


def area(points: Sequence[Point], x: Scale) -> str:
    """Return what closes the `points` of a line to the `<polygon>` beneath it."""
    return f"{x.x(points[-1].at):g},{SIZE} {x.x(points[0].at):g},{SIZE}"


def _round_step(step: float) -> float:
    """Return the least 1, 2 or 5 times a power of ten that is not below `step`."""
    power: float = 10 ** math.floor(math.log10(step))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= step * (1 - 1e-9))


def _clean(value: float, step: float) -> float:
    """Return `value` without the dust of its arithmetic."""
    return round(value, max(0, 2 - math.floor(math.log10(step)))) + 0.0
