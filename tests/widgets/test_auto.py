"""The auto widget: which look suits which data."""

from typing import Any

import pytest
from django.template.loader import render_to_string

from dashboard.widgets.auto import AutoWidget
from tests.support.drawn import Page, entries

PICTURE = f"{'1' * 32}.jpg"


@pytest.mark.parametrize(
    ("data", "chosen", "told"),
    [
        ({"detections": [{"label": "dog"}], "picture": PICTURE}, "detections", "1 dog"),
        ({"detections": []}, "detections", "nothing detected"),
        ({"picture": PICTURE}, "picture", "not here yet"),
        ({"picture": "none of ours", "value": 3}, "number", "3"),
        ({"value": 21.4, "unit": "°C"}, "number", "21.4 °C"),
        ({"cpu": 1, "load": 2}, "metrics", "cpu1load2"),
        ({"text": "door open", "value": 3}, "feed", "door open"),
        ({"door": "open"}, "feed", '{"door": "open"}'),
    ],
)
def test_the_newest_entry_decides(data: dict[str, Any], chosen: str, told: str) -> None:
    context = AutoWidget().context(entries([{"text": "before"}, data]))
    page = Page(render_to_string("dashboard/widgets/auto.html", context))

    assert context["chosen"] == f"dashboard/widgets/{chosen}.html"
    assert context["chosen_still"] == f"dashboard/widgets/{chosen}.svg"
    assert told in page.text


def test_a_still_is_told_which_picture_it_is_to_have() -> None:
    assert AutoWidget().picture(entries([{"picture": PICTURE, "detections": []}])) == PICTURE
    assert AutoWidget().picture(entries([{"value": 1}])) is None
