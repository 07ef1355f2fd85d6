"""The number widget."""

from typing import Any

import pytest
from pydantic import ValidationError

from dashboard.widgets.number import NumberWidget
from tests.support.drawn import entries


def context(*rows: dict[str, Any], **options: object) -> dict[str, Any]:
    return NumberWidget(NumberWidget.Options(**options)).context(entries(rows, every=60))


def test_the_newest_value_is_shown_with_its_change_and_history() -> None:
    shown = context(*({"value": value, "unit": "°C"} for value in (20.5, 22.0, 21.4)))

    assert (shown["value"], shown["unit"], shown["name"]) == ("21.4", "°C", "")
    assert (shown["change"].direction, shown["change"].text) == ("down", "−0.6")
    assert shown["range"] == "20.5 – 22.0 °C"
    assert shown["span"] == "2 min"
    assert len(shown["spark"].line.split()) == 3


def test_a_first_value_has_neither_change_nor_plot() -> None:
    shown = context({"value": 21.4})

    assert shown["change"] is None
    assert shown["spark"] is None


def test_measure_chooses_and_unit_and_decimals_override() -> None:
    row = {"temperature": 21.437, "humidity": {"value": 40.04, "unit": "%"}}

    assert context(row)["name"] == "temperature"
    chosen = context(row, measure="humidity", unit="% rH", decimals=2)
    assert (chosen["name"], chosen["value"], chosen["unit"]) == ("humidity", "40.04", "% rH")


def test_the_newest_entry_decides_which_measure_is_the_first() -> None:
    shown = context({"name": "attic", "value": 1}, {"name": "cellar", "value": 2})

    assert (shown["name"], shown["value"]) == ("cellar", "2")


def test_a_measure_that_is_not_there_is_named_beside_those_that_are() -> None:
    assert context({"a": 1, "b": 2}, measure="c") == {"missing": "c", "known": ["a", "b"]}
    assert context({"text": "hi"}) == {"missing": "", "known": []}


@pytest.mark.parametrize(
    ("value", "unit", "width"),
    [(5, "", 4), (21.4, "°C", 6), (123_456, "requests", 10), (1, "x" * 50, 8)],
)
def test_width_grows_with_the_text(value: float, unit: str, width: int) -> None:
    assert context({"value": value, "unit": unit})["width"] == width


@pytest.mark.parametrize("options", [{"decimals": -1}, {"decimals": "two"}, {"colour": "red"}])
def test_bad_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NumberWidget.Options(**options)
