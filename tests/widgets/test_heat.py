"""Hours by days: means, shades and places, to the digit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from dashboard.history.past import Past
from dashboard.history.rollups import Rollup, Series
from dashboard.log.base import Entry, EntryId
from dashboard.widgets.heat import HeatWidget
from dashboard.widgets.measures import MINUS, Shown
from producers.events import Event

NOW = datetime(2026, 11, 27, 3, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def zone(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def entry(hours_ago: float, value: float, subject: str | None = None) -> Entry:
    when = NOW - timedelta(hours=hours_ago)
    data: dict[str, Any] = {"value": value, "unit": "°C"}
    event = Event(producer="kitchen", type="t", time=when, data=data, subject=subject)
    return Entry(EntryId("e", 10_000 - int(hours_ago * 10)), event, when)


def heat(shown: list[Entry], **options: Any) -> dict[str, Any]:
    widget = HeatWidget(HeatWidget.Options(**options))
    assert widget.scope is not None
    past = Past(*widget.scope)
    past.prime({}, shown, EntryId("e", 10_000))
    return widget.chart(shown[-1:], past, NOW.timestamp())


def test_each_hour_has_the_mean_of_what_came_in_it() -> None:
    # Yesterday at 2 and 22, today at 3; of each, all subjects together.
    shown = [entry(25, 10), entry(5, 20, "a"), entry(5, 22, "b"), entry(0.1, 17), entry(0, 18)]

    context = heat(shown, span="2d")

    assert context["shades"] == [
        {"shade": "0", "path": "M2 0h1v1h-1z"},
        {"shade": "4", "path": "M3 1h1v1h-1z"},
        {"shade": "6", "path": "M22 0h1v1h-1z"},
    ]
    assert [cell["text"] for cell in context["cells"]] == ["10.0", "21.0", "17.5"]
    assert context["cells"][2] == {"x": "14.58%", "y": "75%", "text": "17.5", "shade": "4"}
    assert [day["text"] for day in context["days"]] == ["Thu 26", "Fri 27"]
    assert [hour["text"] for hour in context["hours"] if not hour["minor"]] == [
        "00",
        "06",
        "12",
        "18",
    ]
    assert (context["low"], context["high"]) == (Shown("10", "°C"), Shown("21", "°C"))
    assert context["height"] == "2"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((2.14e12, 1.8e11), ["2.1", "0.2"]),
        ((-2_500_000, 0), [f"{MINUS}2.5", "0.0"]),
        ((-2.2e-7, 1e-7), []),
        ((3e15, 4e15), ["3e15", "4e15"]),
        ((-12_345.5, 3), []),
        ((0, 0), ["0", "0"]),
    ],
)
def test_values_are_told_in_the_size_of_the_greatest_where_they_have_room(
    values: tuple[float, float], texts: list[str]
) -> None:
    context = heat([entry(5, values[0]), entry(3, values[1])])

    assert [cell["text"] for cell in context["cells"]] == texts


def test_hours_are_those_of_where_the_wall_hangs(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kathmandu"  # 9:15 there

    (only,) = heat([entry(0, 18)], span="1d")["shades"]

    assert only == {"shade": "0", "path": "M9 0h1v1h-1z"}


def test_a_month_has_no_room_for_values_and_for_one_day_in_five() -> None:
    context = heat([entry(0, 18), entry(700, 12)], span="30d")

    assert context["cells"] == []
    assert [day["text"] for day in context["days"] if not day["minor"]][-2:] == ["Sun 22", "Fri 27"]


def test_what_was_before_the_first_day_is_left_out() -> None:
    assert [one["path"] for one in heat([entry(5, 1), entry(0, 2)], span="1d")["shades"]] == [
        "M3 0h1v1h-1z"
    ]


def test_a_measure_that_is_missing_is_told() -> None:
    context = heat([entry(0, 18)], measure="hum")

    assert context == {"missing": "hum", "known": ["value"], "primed": True}


def test_it_is_drawn_from_the_quarters_of_the_rollups() -> None:
    past = Past(7 * 86_400, step=900)
    start = int(NOW.timestamp()) - 1_800
    past.prime({Series("kitchen", "", "t"): [(start, Rollup(4, 1, 9, 20, 5))]}, [], EntryId("e", 1))

    context = HeatWidget(HeatWidget.Options(measure="t")).chart(
        [entry(0, 0)], past, NOW.timestamp()
    )

    assert [cell["text"] for cell in context["cells"]] == ["5"]


@pytest.mark.parametrize("span", ["23h", "24h", "0d", "31d", "", "1"])
def test_a_span_that_is_no_days_is_told(span: str) -> None:
    with pytest.raises(ValidationError, match=r"from 1[md] to 30d"):
        HeatWidget.Options(span=span)
