"""The coordinates of sparklines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.widgets.svg import HEIGHT, WIDTH, spark, spark_between


def coordinates(line: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in (pair.split(",") for pair in line.split(" "))]


def test_spark_runs_from_left_to_right_and_high_is_up() -> None:
    assert coordinates(spark([0, 5, 10]).line) == [(0, HEIGHT), (120, 60), (WIDTH, 0)]
    assert spark([0, 5, 10]).dot == f"M{WIDTH} 0h.01"


def test_spark_of_equal_values_is_level_in_the_middle() -> None:
    assert {y for _, y in coordinates(spark([7, 7, 7]).line)} == {HEIGHT // 2}
    assert {y for _, y in coordinates(spark([0, 0]).line)} == {HEIGHT // 2}


def test_spark_does_not_blow_up_noise() -> None:
    rows = [y for _, y in coordinates(spark([1000.0, 1000.01]).line)]

    assert abs(rows[0] - rows[1]) <= 1


def test_spark_of_one_value_is_at_the_right_edge() -> None:
    assert coordinates(spark([3]).line) == [(WIDTH, HEIGHT // 2)]


def test_spark_between_cuts_what_is_beyond() -> None:
    line = spark_between([-10, 50, 400], 0, 100).line

    assert [y for _, y in coordinates(line)] == [HEIGHT, HEIGHT // 2, 0]


def test_area_closes_the_line_at_the_bottom() -> None:
    assert spark([0, 10]).area == f"0,{HEIGHT} 0,{HEIGHT} {WIDTH},0 {WIDTH},{HEIGHT}"


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=80))
def test_spark_stays_in_its_box_whatever_the_values(values: list[float]) -> None:
    points = coordinates(spark(values).line)

    assert len(points) == len(values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


@pytest.mark.parametrize("count", [1, 2, 60, 200])
def test_spark_has_a_point_per_value(count: int) -> None:
    assert len(coordinates(spark(list(range(count))).line)) == count
