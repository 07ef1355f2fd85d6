"""Measures out of event data, and as text."""

from typing import Any

import pytest

from dashboard.widgets.measures import LARGEST, Change, alike, change, exact, histories, show
from tests.support.drawn import entries

THIN = "\u202f"


def found(*rows: dict[str, Any]) -> dict[str, tuple[list[float], str]]:
    return {name: (h.values, h.unit) for name, h in histories(entries(rows)).items()}


def test_histories_reads_every_shape_that_producers_send() -> None:
    assert found({"value": 21.4, "unit": "°C"}) == {"value": ([21.4], "°C")}
    assert found({"value": 21}) == {"value": ([21], "")}
    assert found({"name": "attic", "value": 1.5}) == {"attic": ([1.5], "")}
    assert found({"type": "co2", "value": 800, "unit": "ppm"}) == {"co2": ([800], "ppm")}
    assert found({"cpu": {"value": 12.5, "unit": "%"}, "load": 0.4}) == {
        "cpu": ([12.5], "%"),
        "load": ([0.4], ""),
    }


def test_histories_are_oldest_first_and_have_the_unit_of_the_latest_value() -> None:
    rows: list[dict[str, Any]] = [
        {"a": {"value": 1, "unit": "g"}},
        {"a": 2},
        {"a": {"value": 3, "unit": "kg"}},
        {"b": 9},
    ]

    assert found(*rows) == {"a": ([1, 2, 3], "kg"), "b": ([9], "")}


@pytest.mark.parametrize(
    ("before", "bare"),
    [
        ({"value": 21.4, "unit": "°C"}, {"value": 7}),
        ({"a": {"value": 21.4, "unit": "°C"}}, {"a": 7}),
        ({"a": {"value": 21.4, "unit": "°C"}}, {"a": {"value": 7}}),
    ],
)
def test_a_bare_number_has_no_unit_whatever_the_one_before_it_had(
    before: dict[str, Any], bare: dict[str, Any]
) -> None:
    ((_, unit),) = found(before, bare).values()

    assert unit == ""


@pytest.mark.parametrize(
    "value", [True, False, None, "21.4", [], {}, float("nan"), float("inf"), LARGEST * 10]
)
def test_what_is_no_finite_number_is_no_measure(value: object) -> None:
    assert found({"value": value}) == {}
    assert found({"a": value}) == {}
    assert found({"a": {"value": value}}) == {}


@pytest.mark.parametrize(
    ("value", "unit", "number", "with_unit"),
    [
        (12_345.6, "B/s", "12.3", "kB/s"),
        (999, "B", "999", "B"),
        (1_000_000, "B", "1.00", "MB"),
        (101_325, "Pa", "101.3", "kPa"),
        (0.0042, "A", "4.20", "mA"),
        (0.0042, "m", "4.20", "mm"),
        (0.25, "s", "250.0", "ms"),
        (7200, "s", "7200", "s"),
        (21.4, "°C", "21.4", "°C"),
        (21, "°C", "21", "°C"),
        (-3.25, "°C", "−3.25", "°C"),
        (-12.5, "°C", "−12.5", "°C"),
        (1013.25, "hPa", "1013", "hPa"),
        (0.123456, "", "0.123", ""),
        (12_345, "", f"12{THIN}345", ""),
        (99_999, "lx", f"99{THIN}999", "lx"),
        (12_345_678, "", "12.3", "M"),
        (-123_456, "requests", "−123.5", "k requests"),
        (123_456, "g", "123.5", "kg"),
        (2.5e12, "", "2.50", "T"),
        (9.9e14, "", "990.0", "T"),
        (0, "", "0", ""),
        (0.0, "W", "0", "W"),
        (1.5e-9, "%", "1.5e−9", "%"),
        (1e300, "lx", "1e300", "lx"),
    ],
)
def test_show_reads_well(value: float, unit: str, number: str, with_unit: str) -> None:
    assert show([value], unit) == (number, with_unit)


def test_show_keeps_its_decimals_while_a_value_passes_a_whole_number() -> None:
    assert show([20.9, 21.0], "°C").number == "21.0"
    assert show([21.0, 21.0], "°C").number == "21"


def test_show_obeys_the_decimals_asked_for() -> None:
    assert show([21.456], "°C", 2).number == "21.46"
    assert show([-0.001], "°C", 1).number == "0.0"
    assert show([12_345_678], "", 0) == (f"12{THIN}345{THIN}678", "")
    assert show([12_345_678], "B", 1) == ("12.3", "MB")


def test_what_is_cut_short_is_known_exactly() -> None:
    assert exact(12_345_678, "requests") == f"12{THIN}345{THIN}678 requests"
    assert exact(12_345.6, "B") == f"12{THIN}345.600 B"
    assert exact(99_999, "lx") == exact(0.5, "A") == ""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([21.1, 21.4], Change("up", "+0.3", "°C")),
        ([21.4, 21.1], Change("down", "−0.3", "°C")),
        ([21.4, 21.4], Change("same", "±0.0", "°C")),
        ([21.4], None),
    ],
)
def test_change_is_signed(values: list[float], expected: Change | None) -> None:
    assert change(values, "°C") == expected


def test_change_is_in_the_unit_of_the_value_beside_it() -> None:
    assert change([11_000, 12_300], "B/s") == Change("up", "+1.3", "kB/s")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([15, 20, 25], ["15", "20", "25"]),
        ([0, 0.5, 1], ["0.0", "0.5", "1.0"]),
        ([0, 50_000, 100_000], ["0", "50 k", "100 k"]),
        ([1.5e12, 2e12, 2.5e12], ["1.5 T", "2.0 T", "2.5 T"]),
        ([-2.5e-7, 0.0, 1e-7], ["−2.5e−7", "0", "1e−7"]),
        ([0.0], ["0"]),
    ],
)
def test_values_along_an_axis_are_written_alike(values: list[float], texts: list[str]) -> None:
    assert alike(values) == texts


def test_a_step_of_a_tiny_value_is_as_short_as_that() -> None:
    assert change([1.5e-9, 2.5e-9], "%") == Change("up", "+1e−9", "%")


def test_a_small_step_of_a_large_count_is_not_lost() -> None:
    assert change([12_345_678, 12_345_690], "") == Change("up", "+12", "")
    assert change([12_000_000, 12_300_000], "") == Change("up", "+300", "k")
    assert change([12_345_678, 12_345_678], "") == Change("same", "±0", "")
    assert change([12_345_678, 12_345_690], "", 0) == Change("up", "+12", "")
