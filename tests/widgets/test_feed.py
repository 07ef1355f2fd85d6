"""The feed widget."""

from typing import Any

import pytest
from django.template.loader import get_template

from dashboard.widgets.feed import TEXT_LENGTH, FeedWidget
from tests.support.drawn import Page, entries


def items(*rows: dict[str, Any], **options: object) -> list[dict[str, str]]:
    widget = FeedWidget(FeedWidget.Options(**options))
    shown: list[dict[str, str]] = widget.context(entries(rows))["items"]
    return shown


def test_texts_are_newest_first() -> None:
    shown = items({"text": "one"}, {"text": "two", "level": "warn"})

    assert [(item["text"], item["level"]) for item in shown] == [("two", "warn"), ("one", "")]


def test_at_most_twenty_are_shown_or_fewer_if_asked() -> None:
    rows = [{"text": str(number)} for number in range(30)]

    assert [item["text"] for item in items(*rows)][::19] == ["29", "10"]
    assert len(items(*rows, limit=3)) == 3


@pytest.mark.parametrize(
    ("level", "look"),
    [
        ("debug", "debug"),
        ("info", "info"),
        ("warn", "warn"),
        ("WARNING", "warn"),
        ("error", "error"),
        ("critical", "error"),
        ("purple", "info"),
        ("<b>", "info"),
    ],
)
def test_a_level_has_a_look_and_keeps_its_word(level: str, look: str) -> None:
    (item,) = items({"text": "x", "level": level})

    assert (item["level"], item["look"]) == (level, look)


@pytest.mark.parametrize("level", [None, 3, [], {}])
def test_a_level_that_is_no_word_is_left_out(level: object) -> None:
    (item,) = items({"text": "x", "level": level})

    assert (item["level"], item["look"]) == ("", "")


def test_data_without_a_text_is_shown_as_json() -> None:
    (item,) = items({"door": "north", "open": True, "since": None})

    assert item["text"] == '{"door": "north", "open": true, "since": null}'


def test_long_texts_are_clipped() -> None:
    (item,) = items({"text": "A" * 10_000})

    assert len(item["text"]) == TEXT_LENGTH
    assert item["text"].endswith("…")


@pytest.mark.parametrize(
    ("picture", "thumbs"),
    [
        ("0" * 32 + ".jpg", ["/pictures/p/" + "0" * 32 + ".jpg"]),
        ("../../admin", []),
        ({"a": 1}, []),
        (None, []),
    ],
)
def test_a_line_has_the_picture_of_its_event(picture: Any, thumbs: list[str]) -> None:
    context = FeedWidget().context(entries([{"text": "seen", "picture": picture}]))

    drawn = get_template("dashboard/widgets/feed.html").render(context)

    assert [thumb["src"] for thumb in Page(drawn).all("img")] == thumbs
    assert all(thumb["alt"] == "" for thumb in Page(drawn).all("img"))


def test_a_title_stands_before_its_text() -> None:
    assert [item["text"] for item in items({"text": "door open", "title": "Home"})] == [
        "Home: door open"
    ]
