"""The metrics widget."""

from dataclasses import replace
from typing import Any

from dashboard.widgets.metrics import ROWS, MetricsWidget
from tests.support.drawn import entries


def context(*rows: dict[str, Any], **options: object) -> dict[str, Any]:
    return MetricsWidget(MetricsWidget.Options(**options)).context(entries(rows))


HOST = {
    "cpu": {"value": 12.5, "unit": "%"},
    "load": {"value": 0.42},
    "received": {"value": 12_345.6, "unit": "B/s"},
}


def test_each_measure_has_a_row_with_value_and_unit() -> None:
    rows = context(HOST)["rows"]

    assert [(row["name"], row["value"], row["unit"]) for row in rows] == [
        ("cpu", "12.5", "%"),
        ("load", "0.42", ""),
        ("received", "12.3", "kB/s"),
    ]


def test_only_percentages_have_a_share_and_it_stays_between_0_and_100() -> None:
    rows = context({"a": {"value": 140, "unit": "%"}, "b": {"value": -5, "unit": "%"}, "c": 3})[
        "rows"
    ]

    assert [row["share"] for row in rows] == ["100.0", "0.0", ""]
    assert rows[0]["value"] == "140"


def test_measures_of_different_entries_stand_together() -> None:
    rows = context({"name": "attic", "value": 1}, {"name": "cellar", "value": 2})["rows"]

    assert [(row["name"], row["value"]) for row in rows] == [("attic", "1"), ("cellar", "2")]


def test_one_measure_alone_is_drawn_as_a_number() -> None:
    shown = context({"value": 21.4, "unit": "°C"})

    assert "rows" not in shown
    assert (shown["value"], shown["unit"]) == ("21.4", "°C")


def test_options_choose_and_order_measures() -> None:
    rows = context(HOST, measures=["received", "nowhere", "cpu"])["rows"]

    assert [row["name"] for row in rows] == ["received", "cpu"]


def test_more_measures_than_can_be_read_are_counted() -> None:
    shown = context({f"m{number}": number for number in range(ROWS + 3)})

    assert (len(shown["rows"]), shown["more"]) == (ROWS, 3)


def test_no_measures_is_said() -> None:
    assert context({"text": "hi"}) == {"missing": "", "known": []}
    assert context(HOST, measures=["x"]) == {"missing": "x", "known": ["cpu", "load", "received"]}


def test_what_is_measured_is_shown_with_one_measure_and_with_several() -> None:
    told = [
        replace(entry, event=replace(entry.event, subject="esp1"))
        for entry in entries([{"temperature": 21.4, "humidity": 40}])
    ]
    alone = [replace(e, event=replace(e.event, data={"temperature": 21.4})) for e in told]
    widget = MetricsWidget(MetricsWidget.Options())

    assert widget.context(told)["subject"] == "esp1"
    assert widget.context(alone)["name"] == "esp1 · temperature"
