"""The progress widget."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from pydantic import ValidationError

from dashboard.widgets.progress import ProgressWidget
from tests.support.drawn import Page, told


def context(*rows: tuple[str | None, dict[str, Any]], **options: object) -> dict[str, Any]:
    return ProgressWidget(ProgressWidget.Options(**options)).context(told(*rows))


@pytest.mark.parametrize(
    ("data", "percent", "of", "width", "done"),
    [
        ({"progress": 0.424}, "42", "", "42.4", False),
        ({"progress": 0.29}, "29", "", "29.0", False),
        ({"progress": 1}, "100", "", "100.0", True),
        ({"progress": 0.9999}, "99", "", "100.0", False),
        ({"percent": 40}, "40", "", "40.0", False),
        ({"value": 12.5, "unit": "%"}, "12", "", "12.5", False),
        ({"value": 210, "total": 500}, "42", "210 of 500", "42.0", False),
        ({"done": 1.5, "total": 2}, "75", "1.5 of 2", "75.0", False),
        ({"value": 700, "total": 500}, "140", "700 of 500", "100.0", True),
        ({"value": -1, "total": 500}, "0", "−1 of 500", "0.0", False),
    ],
)
def test_a_share_is_a_bar_and_words(
    data: dict[str, Any], percent: str, of: str, width: str, done: bool
) -> None:
    (bar,) = context((None, data))["bars"]

    assert (bar["percent"], bar["of"], bar["width"], bar["done"]) == (percent, of, width, done)
    assert bar["unit"] == "%"


@pytest.mark.parametrize("total", [0, -5, True, "many", None])
def test_a_count_without_a_whole_has_no_bar(total: object) -> None:
    (bar,) = context((None, {"value": 40, "total": total}))["bars"]

    assert (bar["percent"], bar["unit"], bar["width"]) == ("40", "", "")


def test_the_options_name_the_measure_and_the_whole() -> None:
    (bar,) = context((None, {"value": 1, "copied": 30}), measure="copied", total=40)["bars"]

    assert (bar["percent"], bar["of"]) == ("75", "30 of 40")


def test_each_subject_has_a_bar_in_a_steady_order() -> None:
    rows = [(f"job {number}", {"progress": number / 20, "text": "copying"}) for number in range(12)]

    shown = context(*rows, ("job 2", {"progress": 1}))
    page = Page(render_to_string("dashboard/widgets/progress.html", shown))

    assert [bar["name"] for bar in shown["bars"]] == [f"job {number}" for number in range(6)]
    assert page.text.startswith("job 0 copying 0 %job 1 copying 5 %job 2 ✓ 100 %")
    assert page.text.endswith("and 6 more")


def test_nothing_to_draw_is_told() -> None:
    assert context((None, {"a": 1})) == {"missing": "", "known": ["a"]}


@pytest.mark.parametrize("options", [{"total": 0}, {"limit": 21}, {"max": 3}])
def test_bad_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProgressWidget.Options(**options)
