"""The table widget."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from pydantic import ValidationError

from dashboard.widgets.table import TableWidget
from tests.support.drawn import Page, told

ROOMS = (
    ("hall", {"temperature": {"value": 20.25, "unit": "°C"}, "humidity": 40}),
    ("attic", {"temperature": {"value": 31, "unit": "°C"}, "door": "open"}),
    ("hall", {"temperature": {"value": 21.5, "unit": "°C"}, "humidity": 41}),
)


def context(*rows: tuple[str | None, dict[str, Any]], **options: object) -> dict[str, Any]:
    return TableWidget(TableWidget.Options(**options)).context(told(*rows))


def texts(shown: dict[str, Any]) -> list[list[str]]:
    return [[row["subject"], *(cell["text"] for cell in row["cells"])] for row in shown["rows"]]


def test_a_row_is_the_newest_of_its_subject_and_a_column_is_a_measure() -> None:
    shown = context(*ROOMS)

    assert shown["heads"] == [
        {"name": "temperature", "unit": "°C"},
        {"name": "humidity", "unit": ""},
    ]
    assert texts(shown) == [["attic", "31.0", "–"], ["hall", "21.5", "41"]]
    assert shown["more"] == 0


def test_the_options_choose_and_order_the_columns_texts_too() -> None:
    shown = context(*ROOMS, measures=("door", "humidity", "none"))

    assert [head["name"] for head in shown["heads"]] == ["door", "humidity", "none"]
    assert texts(shown) == [["attic", "open", "–", "–"], ["hall", "–", "41", "–"]]


def test_rows_are_sorted_by_a_measure_if_asked() -> None:
    rows = (("a", {"v": 1}), ("b", {"v": 3}), ("c", {"w": 9}), ("d", {"v": 2}))

    assert [row[0] for row in texts(context(*rows, sort="v"))] == ["b", "d", "a", "c"]


def test_units_that_differ_stand_in_their_cells() -> None:
    shown = context(
        ("a", {"sent": {"value": 12_300, "unit": "B"}}), ("b", {"sent": {"value": 7, "unit": "B"}})
    )

    assert shown["heads"] == [{"name": "sent", "unit": ""}]
    assert [[cell["text"], cell["unit"]] for row in shown["rows"] for cell in row["cells"]] == [
        ["12.3", "kB"],
        ["7", "B"],
    ]


def test_where_there_are_no_numbers_texts_are_shown() -> None:
    shown = context(
        ("a", {"state": "up", "ok": True, "more": {"deep": 1}}), ("b", {"state": "down"})
    )

    assert [head["name"] for head in shown["heads"]] == ["state", "ok"]
    assert texts(shown) == [["a", "up", "yes"], ["b", "down", "–"]]


def test_more_rows_than_fit_are_counted() -> None:
    shown = context(*((f"s{number}", {"v": number}) for number in range(12)), limit=5)
    page = Page(render_to_string("dashboard/widgets/table.html", shown))

    assert [row["subject"] for row in shown["rows"]] == ["s0", "s1", "s2", "s3", "s4"]
    assert len(page.all("tr")) == 6
    assert page.text.endswith("and 7 more")
    assert page.misnested == []


@pytest.mark.parametrize("options", [{"measures": list("abcdefg")}, {"limit": 30}, {"by": "v"}])
def test_bad_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TableWidget.Options(**options)
