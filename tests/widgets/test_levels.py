"""Levels: what producers mean by their words."""

import pytest

from dashboard.widgets.levels import WORST_FIRST, Level, level_of
from producers.events import JSON


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("ok", "ok"),
        ("UP", "ok"),
        (True, "ok"),
        (" Running ", "ok"),
        ("info", "info"),
        ("idle", "info"),
        ("warning", "warn"),
        ("at risk", "warn"),
        ("error", "alert"),
        ("CRITICAL", "alert"),
        (False, "alert"),
        ("offline", "silent"),
        ("no-data", "silent"),
        ("purple", "info"),
        ("<b>", "info"),
        ("", "info"),
        (None, "info"),
        (3, "info"),
        ([], "info"),
    ],
)
def test_a_word_has_a_level(said: JSON, level: Level) -> None:
    assert level_of(said) == level


def test_words_of_the_site_go_first() -> None:
    own: dict[str, Level] = {"open": "warn", "ok": "info", "3": "alert"}

    assert [level_of(said, own) for said in ("Open", "ok", 3, "up")] == [
        "warn",
        "info",
        "alert",
        "ok",
    ]


def test_the_worst_level_is_the_first() -> None:
    assert WORST_FIRST == ("alert", "warn", "silent", "info", "ok")
