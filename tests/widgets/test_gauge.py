"""The gauge widget."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from pydantic import ValidationError

from dashboard.widgets.arc import arc
from dashboard.widgets.crossings import Crossing
from dashboard.widgets.gauge import GaugeWidget
from tests.support.drawn import Page, entries


def context(*rows: dict[str, Any], **options: object) -> dict[str, Any]:
    return GaugeWidget(GaugeWidget.Options(**options)).context(entries(rows))


@pytest.mark.parametrize(
    ("start", "end", "path"),
    [
        # From the lower left (150° from three o'clock), over the top, to the lower right.
        (0, 1, "M25.52 143.00A86 86 0 1 1 174.48 143.00"),
        (0, 0.5, "M25.52 143.00A86 86 0 0 1 100.00 14.00"),
        (0.5, 1, "M100.00 14.00A86 86 0 0 1 174.48 143.00"),
        (0, 0.8, "M25.52 143.00A86 86 0 1 1 181.79 73.42"),
        (-3, 7, "M25.52 143.00A86 86 0 1 1 174.48 143.00"),
    ],
)
def test_an_arc_goes_over_the_top(start: float, end: float, path: str) -> None:
    assert arc(start, end) == path


def test_the_arc_reaches_as_far_as_the_value() -> None:
    shown = context({"value": 21.4, "unit": "°C"}, min=-10, max=40)

    assert (shown["value"], shown["unit"], shown["width"]) == ("21.4", "°C", 6)
    assert (shown["low"], shown["high"]) == ("−10", "40")
    assert shown["reached"] == arc(0, 31.4 / 50)
    assert shown["beyond"] == ""


@pytest.mark.parametrize(
    ("value", "beyond", "reached"),
    [(-0.5, "below", ""), (0, "", ""), (100, "", arc(0, 1)), (1e300, "above", arc(0, 1))],
)
def test_what_is_beyond_the_scale_is_told(value: float, beyond: str, reached: str) -> None:
    shown = context({"value": value})

    assert (shown["beyond"], shown["reached"]) == (beyond, reached)
    page = Page(render_to_string("dashboard/widgets/gauge.html", shown))
    (svg,) = page.all("svg")
    assert ("the scale" in svg["aria-label"]) is bool(beyond)


def test_measure_chooses_and_unit_and_decimals_override() -> None:
    row = {"temperature": 21.437, "humidity": {"value": 40.04, "unit": "%"}}

    shown = context(row, measure="humidity", unit="% rH", decimals=2)

    assert (shown["name"], shown["value"], shown["unit"]) == ("humidity", "40.04", "% rH")


def test_limits_are_bands_beside_the_scale() -> None:
    shown = context({"value": 91, "unit": "%"}, warn="> 80", alert="> 90")

    assert shown["bands"] == [
        {"level": "warn", "arc": arc(0.8, 1)},
        {"level": "alert", "arc": arc(0.9, 1)},
    ]
    assert shown["crossing"] == Crossing("alert", "", "91 %", "> 90")
    assert context({"value": 91})["bands"] == []


def test_a_measure_that_is_not_there_is_named_beside_those_that_are() -> None:
    assert context({"a": 1}, measure="c") == {"missing": "c", "known": ["a"]}
    page = Page(render_to_string("dashboard/widgets/gauge.html", context({"a": 1}, measure="c")))
    assert page.text == "No number called c lately.There is: a"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"min": 5, "max": 5}, "min 5 must be less than max 5"),
        ({"min": 7, "max": 5}, "min 7 must be less than max 5"),
        ({"min": -1e308, "max": 1e308}, "must be less than"),
        ({"max": "high"}, "valid number"),
        ({"max": float("inf")}, "finite"),
        ({"colour": "red"}, "not permitted"),
    ],
)
def test_bad_options_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        GaugeWidget.Options(**options)
