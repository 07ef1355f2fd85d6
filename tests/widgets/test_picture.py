"""The picture widget."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from pydantic import ValidationError

from dashboard.widgets.picture import PictureWidget
from tests.support.drawn import Page, entries

ONE, TWO = f"{'1' * 32}.jpg", f"{'2' * 32}.png"


def context(*rows: dict[str, Any], **options: object) -> dict[str, Any]:
    return PictureWidget(PictureWidget.Options(**options)).context(entries(rows))


def page(*rows: dict[str, Any], **options: object) -> Page:
    return Page(render_to_string("dashboard/widgets/picture.html", context(*rows, **options)))


def test_the_newest_picture_lies_on_the_one_before_it() -> None:
    shown = page({"picture": ONE}, {"picture": TWO, "text": "a dog\non  grass"}, {"text": "later"})

    assert [image["src"] for image in shown.all("img")] == [
        f"/pictures/p/{ONE}",
        f"/pictures/p/{TWO}",
    ]
    assert [image["alt"] for image in shown.all("img")] == ["", "a dog on grass"]
    assert "a dog on grass" in shown.text


def test_one_of_another_size_is_not_left_beneath() -> None:
    rows = ({"picture": ONE, "size": {"width": 4, "height": 3}}, {"picture": TWO})

    assert [image["src"] for image in page(*rows).all("img")] == [f"/pictures/p/{TWO}"]


def test_the_caption_may_be_left_out_and_the_tile_filled() -> None:
    shown = page({"picture": ONE, "text": "a dog"}, caption=False, fit="cover")

    assert shown.all("figcaption") == []
    assert shown.with_class("cover")


@pytest.mark.parametrize(
    "said", [None, 3, "javascript:alert(1)", "../../secret", f"{'1' * 32}.svg"]
)
def test_what_is_no_picture_is_not_asked_for(said: object) -> None:
    assert page({"picture": said}).text == "No picture in the latest events."


def test_a_still_is_told_which_picture_it_is_to_have() -> None:
    assert PictureWidget().picture(entries([{"picture": ONE}, {"text": "x"}])) == ONE
    assert PictureWidget().picture(entries([{"text": "x"}])) is None


def test_bad_options_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"'contain' or 'cover'"):
        PictureWidget.Options(fit="stretch")
