"""Bars: the newest value of each subject, to the per mille."""

from typing import Any

import pytest
from pydantic import ValidationError

from dashboard.log.base import Entry
from dashboard.widgets.bars import BarsWidget
from dashboard.widgets.crossings import Crossing
from tests.support.drawn import entries


def of(subject: str, **data: Any) -> Entry:
    return entries([data], subject=subject)[0]


def bars(shown: list[Entry], **options: Any) -> dict[str, Any]:
    return BarsWidget(BarsWidget.Options(**options)).context(shown)


def told(context: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(bar["name"], bar["value"], bar["x"], bar["width"]) for bar in context["bars"]]


PRESSES = [of("press 10", load=5), of("press 2", load=20), of("press 1", load=10, heat=3)]


def test_the_greatest_comes_first_and_fills_the_width() -> None:
    context = bars([of("press 2", load=1), *PRESSES])

    assert told(context) == [
        ("press 2", "20", "0", "1000"),
        ("press 1", "10", "0", "500"),
        ("press 10", "5", "0", "250"),
    ]
    assert (context["more"], context["rows"]) == (0, 3)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("most", ["press 2", "press 1", "press 10"]),
        ("least", ["press 10", "press 1", "press 2"]),
        ("name", ["press 1", "press 2", "press 10"]),
    ],
)
def test_the_order_is_that_of_the_options(sort: str, names: list[str]) -> None:
    assert [bar[0] for bar in told(bars(PRESSES, sort=sort))] == names


def test_what_has_no_room_is_counted() -> None:
    context = bars(PRESSES, top=2)

    assert ([bar[0] for bar in told(context)], context["more"]) == (["press 2", "press 1"], 1)


def test_below_zero_bars_go_to_the_left_of_it_and_a_zero_is_seen() -> None:
    shown = [of("a", t=30), of("b", t=-10), of("c", t=0)]

    assert told(bars(shown)) == [
        ("a", "30", "250", "750"),
        ("c", "0", "250", "4"),
        ("b", "−10", "0", "250"),
    ]


def test_without_subjects_each_measure_is_a_bar() -> None:
    shown = entries([{"cpu": {"value": 3, "unit": "%"}, "disk": {"value": 60, "unit": "%"}}])

    assert told(bars(shown)) == [("disk", "60", "0", "1000"), ("cpu", "3", "0", "50")]
    assert told(bars(shown, measure="cpu", unit="percent")) == [("cpu", "3", "0", "1000")]
    assert bars(shown, unit="percent")["bars"][0]["unit"] == "percent"


def test_a_measure_that_is_missing_is_told() -> None:
    assert bars(PRESSES, measure="hum") == {"missing": "hum", "known": ["load", "heat"]}
    assert bars(PRESSES, measure="heat")["bars"][0]["name"] == "press 1"


@pytest.mark.parametrize("options", [{"top": 0}, {"top": 21}, {"sort": "up"}, {"limit": 3}])
def test_options_that_are_not_legal_are_told(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BarsWidget.Options(**options)


def test_limits_mark_their_bars_and_count_those_that_have_no_room() -> None:
    context = bars(PRESSES, top=2, sort="least", warn="> 8", alert="> 15")

    assert [bar["crossing"] and bar["crossing"].severity for bar in context["bars"]] == [
        *(None, "warn")
    ]
    assert context["crossing"] == Crossing("alert", "press 2", "20", "> 15")
    assert bars(PRESSES)["crossing"] is None
    assert bars(PRESSES, measure="state", alert={"load": "> 9"})["crossing"] == Crossing(
        "alert", "load", "10", "> 9"
    )
