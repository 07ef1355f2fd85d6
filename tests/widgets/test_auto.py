"""The auto widget: which look suits what came, and that it stays as it is when one is unlike."""

from typing import Any

import pytest
from django.template.loader import render_to_string

from dashboard.history.past import Past
from dashboard.log.base import EntryId
from dashboard.widgets.auto import AutoWidget
from dashboard.widgets.auto_choice import chosen
from tests.support.drawn import NOW, Page, entries, told

PICTURE = f"{'1' * 32}.jpg"
CELSIUS = {"unit": "°C"}


def drawn(shown: Any) -> tuple[dict[str, Any], Page]:
    context = AutoWidget().context(shown)
    return context, Page(render_to_string("dashboard/widgets/auto.html", context))


@pytest.mark.parametrize(
    ("data", "widget", "text"),
    [
        ({"detections": [{"label": "dog"}], "picture": PICTURE}, "detections", "1 dog"),
        ({"detections": []}, "detections", "nothing detected"),
        ({"picture": PICTURE}, "picture", "not here yet"),
        ({"picture": "none of ours", "value": 3}, "number", "3"),
        ({"value": 21.4, "unit": "°C"}, "number", "21.4 °C"),
        ({"cpu": 1, "load": 2}, "metrics", "cpu1load2"),
        ({"text": "door open", "value": 3}, "feed", "door open"),
        ({"progress": 0.4, "text": "copying"}, "progress", "40"),
        ({"state": "down"}, "status", "down"),
        ({"ok": True}, "status", "ok"),
        ({"door": "open"}, "table", "open"),
        ({"points": [[1, 2]]}, "feed", '{"points": [[1, 2]]}'),
    ],
)
def test_what_came_decides(data: dict[str, Any], widget: str, text: str) -> None:
    context, page = drawn(entries([{"text": "before"}, data]))

    assert context["chosen"] == f"dashboard/widgets/{widget}.html"
    assert context["chosen_still"] == f"dashboard/widgets/{widget}.svg"
    assert text in page.text


@pytest.mark.parametrize(
    ("data", "widget"),
    [
        ({"value": 3}, "bars"),
        ({"temperature": 21.4, "humidity": 40}, "table"),
        ({"state": "up"}, "status"),
    ],
)
def test_of_several_things_each_is_seen(data: dict[str, Any], widget: str) -> None:
    context, page = drawn(told(("press 1", data), ("press 2", data), ("press 1", data)))

    assert context["chosen"] == f"dashboard/widgets/{widget}.html"
    assert "press 1" in page.text
    assert "press 2" in page.text


def test_numbers_of_one_unit_are_a_chart() -> None:
    shown = entries([{"inside": {"value": 21, **CELSIUS}, "outside": {"value": 9, **CELSIUS}}])
    past = Past(3_600)
    past.prime({}, shown, EntryId("e", 1))

    context = AutoWidget().chart(shown, past, NOW.timestamp())

    assert context["chosen"] == "dashboard/widgets/chart.html"
    assert [line["name"] for line in context["lines"]] == ["inside", "outside"]


def test_one_that_is_unlike_the_others_changes_nothing() -> None:
    numbers = [{"value": 1}] * 5

    assert chosen(entries([*numbers, {"text": "restarted"}])).widget == "number"
    assert chosen(entries([{"text": "hello"}, {"text": "again"}, *numbers])).widget == "number"
    assert "one number" in chosen(entries(numbers)).why


def test_a_number_is_drawn_with_its_last_hour() -> None:
    hour = entries([{"value": float(n)} for n in range(360)], every=10)
    past = Past(3_600)
    past.prime({}, hour, EntryId("e", 360))

    context = AutoWidget().chart(hour[-60:], past, NOW.timestamp())
    page = Page(render_to_string("dashboard/widgets/auto.html", context))

    assert "last 60 min" in page.text
    assert "0 – 359" in page.text
    assert len(context["spark"].line.split()) == 61


def test_a_number_that_began_just_now_is_drawn_by_its_events() -> None:
    shown = entries([{"value": 1.0}, {"value": 3.0}, {"value": 2.0}], every=1)
    past = Past(3_600)
    past.prime({}, shown, EntryId("e", 3))

    context = AutoWidget().chart(shown, past, NOW.timestamp())

    assert len(context["spark"].line.split()) == 3


def test_a_still_is_told_which_picture_it_is_to_have() -> None:
    assert AutoWidget().picture(entries([{"picture": PICTURE, "detections": []}])) == PICTURE
    assert AutoWidget().picture(entries([{"value": 1}])) is None
