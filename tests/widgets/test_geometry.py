"""Scales, ticks, gaps and lines, to the digit."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.widgets.geometry import (
    Point,
    Scale,
    Tick,
    area,
    band,
    line,
    pieces,
    time_ticks,
    value_scale,
)

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC).timestamp()


def flat(at: float, value: float = 0) -> Point:
    return Point(at, value, value, value)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 5, 10]),
        (20.9, 23.1, [20, 21, 22, 23, 24]),
        (-3, 7, [-5, 0, 5, 10]),
        (0.01, 0.04, [0, 0.01, 0.02, 0.03, 0.04]),
        (1_000_000, 3_900_000, [0, 1_000_000, 2_000_000, 3_000_000, 4_000_000]),
        (-30, -4, [-30, -20, -10, 0]),
        (-30, -20, [-30, -25, -20]),
        (41, 100, [40, 60, 80, 100]),
        (0, 0, [-0.5, 0, 0.5]),
    ],
)
def test_values_get_round_ticks(low: float, high: float, ticks: list[float]) -> None:
    scale, found = value_scale(low, high)

    assert [tick.value for tick in found] == ticks
    assert scale == Scale(ticks[0], ticks[-1])
    assert (found[0].place, found[-1].place) == (1000, 0)


@given(
    st.floats(-1e12, 1e12, allow_subnormal=False),
    st.floats(0, 1e12, allow_subnormal=False),
)
def test_every_value_is_on_the_scale_and_ticks_are_few(low: float, more: float) -> None:
    scale, ticks = value_scale(low, low + more)

    assert scale.start <= low <= low + more <= scale.end
    assert 2 <= len(ticks) <= 7
    assert all(0 <= tick.place <= 1000 for tick in ticks)


def test_a_series_that_hardly_changes_is_no_cliff() -> None:
    scale, _ = value_scale(1000, 1000.1)

    assert scale.end - scale.start >= 2


def test_an_hour_has_a_tick_each_ten_minutes() -> None:
    ticks = time_ticks(Scale(NOON - 3_600 + 90, NOON + 90), UTC)

    assert [tick.value - NOON for tick in ticks] == [-3_000, -2_400, -1_800, -1_200, -600, 0]
    assert ticks[-1] == Tick(975, NOON)
    assert [tick.is_minor for tick in ticks] == [True, True, False, True, True, False]


def test_a_day_is_told_every_three_hours_and_where_it_is_narrow_every_six() -> None:
    ticks = time_ticks(Scale(NOON - 86_400 + 60, NOON + 60), UTC)
    hours = [datetime.fromtimestamp(tick.value, UTC).hour for tick in ticks]

    assert hours == [15, 18, 21, 0, 3, 6, 9, 12]
    major = [hour for hour, tick in zip(hours, ticks, strict=True) if not tick.is_minor]
    assert major == [18, 0, 6, 12]


def test_every_other_day_is_the_same_days_tomorrow() -> None:
    today = time_ticks(Scale(NOON - 14 * 86_400, NOON), UTC)
    tomorrow = time_ticks(Scale(NOON - 13 * 86_400, NOON + 86_400), UTC)

    days = [tick.value for tick in today]
    assert len(days) == 7
    assert {b - a for a, b in pairwise(days)} == {2 * 86_400}
    assert {tick.value for tick in tomorrow} & set(days) >= set(days[1:])


def test_days_begin_at_midnight_where_the_wall_hangs() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    ticks = time_ticks(Scale(NOON - 5 * 86_400, NOON), tokyo)

    assert {datetime.fromtimestamp(tick.value, tokyo).hour for tick in ticks} == {0}
    assert len(ticks) == 5
    assert not all(tick.is_minor for tick in ticks)


def test_a_day_of_25_hours_has_its_ticks_at_round_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begin = datetime(2026, 10, 25, tzinfo=berlin).timestamp()

    ticks = time_ticks(Scale(begin, begin + 25 * 3_600), berlin)

    assert {datetime.fromtimestamp(tick.value, berlin).minute for tick in ticks} == {0}


def test_a_gap_breaks_the_line_and_a_slow_sensor_has_none() -> None:
    points = [flat(at) for at in (0, 10, 20, 200, 210)]
    assert [len(run) for run in pieces(points, 10)] == [3, 2]
    assert [len(run) for run in pieces([flat(at) for at in range(0, 600, 60)], 10)] == [10]
    assert pieces([], 10) == []


def test_lines_and_bands_are_places_in_the_plot() -> None:
    x, y = Scale(0, 100), Scale(0, 10)
    points = [Point(0, 1, 2, 3), Point(50, 5, 5, 5), Point(100, 0, 10, 10)]

    assert line(points, x, y) == "0,800 500,500 1000,0"
    assert band(points, x, y) == "0,700 500,500 1000,0 1000,1000 500,500 0,900"
    assert line(points[1:2], x, y) == "500,500 500,500"
    assert band([flat(1, 2)], x, y) == ""
    assert area(points, x) == "1000,1000 0,1000"
