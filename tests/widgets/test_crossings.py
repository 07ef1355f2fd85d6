"""What a tile's options make of its values: which limit is crossed, and how it is told."""

from typing import Any

import pytest
from pydantic import ValidationError

from dashboard.widgets.crossings import Crossing
from dashboard.widgets.metrics import MetricsWidget
from dashboard.widgets.number import NumberWidget
from producers.events import JSON
from tests.support.drawn import entries


def number(*rows: dict[str, JSON], **options: Any) -> Crossing | None:
    shown = NumberWidget(NumberWidget.Options(**options)).context(entries(rows, subject="hall"))
    crossing: Crossing | None = shown["crossing"]
    return crossing


def metrics(row: dict[str, JSON], **options: Any) -> dict[str, Any]:
    return MetricsWidget(MetricsWidget.Options(**options)).context(entries([row]))


def degrees(value: JSON) -> dict[str, JSON]:
    return {"temperature": {"value": value, "unit": "°C"}}


@pytest.mark.parametrize(
    ("value", "severity"),
    [(25, None), (26, None), (26.5, "warn"), (29.9, "warn"), (30, "alert"), (-300, None)],
)
def test_the_worst_limit_that_the_newest_value_is_beyond_counts(
    value: float, severity: str | None
) -> None:
    crossing = number(degrees(40), degrees(value), warn="> 26", alert=">= 30")

    assert (crossing and crossing.severity) == severity


def test_it_is_told_as_the_tile_shows_it() -> None:
    assert number(degrees(31.24), alert=">= 30") == Crossing(
        "alert", "hall · temperature", "31.2 °C", "≥ 30"
    )


def test_one_limit_alone_will_do() -> None:
    assert number(degrees(31), warn=30.0) is None
    assert number(degrees(30), warn=30.0) == Crossing("warn", "hall · temperature", "30 °C", "= 30")


@pytest.mark.parametrize("value", ["31", None, [31], True, 1e301])
def test_a_value_that_is_no_number_crosses_nothing(value: JSON) -> None:
    assert number({"other": 1} | degrees(value), measure="temperature", alert="> 30") is None


def test_a_dict_names_measures_that_the_tile_shows_or_not() -> None:
    row = degrees(20) | {"humidity": {"value": 71.5, "unit": "%"}, "state": "Down", "open": True}
    limits = {"temperature": "> 30", "humidity": "> 70", "gone": "> 1"}

    assert number(row, alert=limits) == Crossing("alert", "humidity", "71.5 %", "> 70")
    assert number(row, alert={"state": "in down, lost"}) == Crossing(
        "alert", "state", "Down", "in down, lost"
    )
    assert number(row, warn={"open": True}) == Crossing("warn", "open", "true", "= true")
    assert number(row, alert={"gone": "> 1", "state": "lost"}) is None


def test_a_text_is_that_of_the_newest_entry_that_has_it() -> None:
    rows = (degrees(20) | {"state": "down"}, degrees(20))

    assert number(*rows, alert={"state": "down"}) is not None
    assert number(*rows, degrees(20) | {"state": "up"}, alert={"state": "down"}) is None


def test_a_tile_without_its_measure_may_have_crossed_another_limit() -> None:
    options = {"measure": "temperature", "alert": {"state": "down"}}

    assert number({"state": "down"}, **options) == Crossing("alert", "state", "down", "= down")


def test_each_row_has_its_own_and_the_tile_the_worst() -> None:
    row: dict[str, JSON] = {"cpu": 85, "memory": 95, "disk": 10}

    shown = metrics(row, warn={"cpu": "> 80", "disk": "> 80"}, alert={"memory": "> 90"})

    told = [one["crossing"] and one["crossing"].severity for one in shown["rows"]]
    assert told == ["warn", "alert", None]
    assert shown["crossing"] == Crossing("alert", "memory", "95", "> 90")


def test_a_limit_without_a_name_is_of_all_that_is_shown() -> None:
    shown = metrics({"cpu": 85, "memory": 95, "load": 99}, measures=["cpu", "memory"], warn="> 90")

    assert [bool(one["crossing"]) for one in shown["rows"]] == [False, True]
    assert shown["crossing"].name == "memory"
    assert metrics({"cpu": 95}, warn="> 90")["crossing"] == Crossing("warn", "cpu", "95", "> 90")


def test_a_limit_is_of_the_measure_that_the_options_name() -> None:
    shown = metrics({"cpu": 85, "memory": 95}, measure="cpu", warn="> 80", alert={"memory": "> 96"})

    assert [bool(one["crossing"]) for one in shown["rows"]] == [True, False]
    hidden = metrics({"cpu": 85, "memory": 9}, measures=["memory"], measure="cpu", warn="> 80")
    assert hidden["crossing"] == Crossing("warn", "cpu", "85", "> 80")


def test_without_limits_nothing_is_judged() -> None:
    row: dict[str, JSON] = {"cpu": 85, "memory": 95}

    assert metrics(row)["crossing"] is None
    assert "crossing" not in NumberWidget().context(entries([row]))


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        ("> warm", "'warm' is no number (write it without its unit); legal are > 26"),
        ("down", "this tile shows numbers, of which none is a text"),
        ({"cpu": "> 80", "memory": "90 %,"}, "for 'memory', several are 'in 90 %,'"),
        ({}, "legal is a limit, or a dict of 1 to 32 measures and limits"),
        ({5: "> 3"}, "legal is a limit, or a dict of 1 to 32 measures and limits"),
    ],
)
def test_a_wrong_limit_is_a_fault_of_its_option(limit: object, why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        MetricsWidget.Options.model_validate({"alert": limit})

    (fault,) = caught.value.errors()
    assert (fault["loc"], fault["input"]) == (("alert",), limit)
    assert why in fault["msg"]


def test_options_are_kept_as_they_were_written() -> None:
    written = {"warn": {"cpu": "> 80"}, "alert": 5}

    assert MetricsWidget.Options.model_validate(written).model_dump(include={"warn", "alert"}) == (
        written
    )
