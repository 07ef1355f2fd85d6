"""Where limits lie on an axis, and how far an axis goes to show them."""

import pytest

from dashboard.widgets.crossings import limits_of
from dashboard.widgets.geometry import Scale
from dashboard.widgets.limit_bands import LimitBand, drawn_bands, limit_bands, with_limits
from dashboard.widgets.metrics import MetricsWidget


def bands(low: float, high: float, *measures: str, **options: object) -> list[LimitBand]:
    limits = limits_of(MetricsWidget.Options.model_validate(options))
    return limit_bands(limits, measures or ("a",), low, high)


def reach(low: float, high: float, **options: object) -> tuple[float, float]:
    return with_limits(limits_of(MetricsWidget.Options.model_validate(options)), ["a"], low, high)


def test_a_band_goes_from_its_limit_to_the_end_of_the_axis() -> None:
    assert bands(0, 40, warn="> 26", alert=">= 30") == [
        LimitBand("warn", 26, 40, (26,)),
        LimitBand("alert", 30, 40, (30,)),
    ]
    assert bands(0, 40, alert="< 5") == [LimitBand("alert", 0, 5, (5,))]


def test_what_is_around_a_range_are_two_bands() -> None:
    assert bands(0, 40, warn="not in 18..26") == [
        LimitBand("warn", 0, 18, (18,)),
        LimitBand("warn", 26, 40, (26,)),
    ]
    assert bands(20, 40, warn="in 18..26") == [LimitBand("warn", 20, 26, (26,))]


def test_a_single_value_is_a_line() -> None:
    assert bands(0, 40, warn="== 5") == [LimitBand("warn", 5, 5, (5,))]


@pytest.mark.parametrize("options", [{}, {"warn": "> 50"}, {"alert": {"b": "> 5"}}])
def test_what_is_off_the_axis_or_of_another_measure_has_no_band(options: dict[str, object]) -> None:
    assert bands(0, 40, **options) == []


def test_measures_with_one_limit_have_one_band() -> None:
    assert bands(0, 40, "a", "b", warn="> 26") == [LimitBand("warn", 26, 40, (26,))]
    assert bands(0, 40, "a", "b", warn={"a": "> 26", "b": "> 30"}) == [
        LimitBand("warn", 26, 40, (26,)),
        LimitBand("warn", 30, 40, (30,)),
    ]


def test_an_axis_reaches_for_a_limit_that_is_near() -> None:
    assert reach(20, 24, warn="> 26", alert=">= 28") == (20, 28)
    assert reach(20, 24, alert="not in 17..100") == (17, 24)
    assert reach(25, 25, warn="> 26") == (25, 26)
    assert reach(20, 24, warn="> 90") == (20, 24)
    assert reach(20, 24) == (20, 24)


def test_a_band_of_a_chart_is_placed_from_its_top() -> None:
    limits = limits_of(MetricsWidget.Options.model_validate({"warn": "> 30"}))

    assert drawn_bands(limits, ["a"], Scale(0, 40)) == [
        {"severity": "warn", "y": "0%", "height": "25%", "ends": ["25%"]}
    ]
