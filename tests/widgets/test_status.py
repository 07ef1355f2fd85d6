"""The status widget."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from pydantic import ValidationError

from dashboard.widgets.crossings import Crossing
from dashboard.widgets.status import StatusWidget
from tests.support.drawn import NOW, Page, told


def context(*rows: tuple[str | None, dict[str, Any]], **options: object) -> dict[str, Any]:
    return StatusWidget(StatusWidget.Options(**options)).context(told(*rows))


def lights(*rows: tuple[str | None, dict[str, Any]], **options: object) -> list[tuple[str, ...]]:
    shown = context(*rows, **options)["lights"]
    return [(light["name"], light["word"], light["level"]) for light in shown]


def test_the_worst_is_first_and_each_is_as_it_was_last() -> None:
    assert lights(
        ("web-10", {"state": "up"}),
        ("web-2", {"state": "down"}),
        ("db", {"level": "warn", "state": "up"}),
        ("web-2", {"state": "UP"}),
        ("mail", {"status": "down"}),
        ("dns", {"ok": False}),
    ) == [
        ("dns", "alert", "alert"),
        ("mail", "down", "alert"),
        ("db", "warn", "warn"),
        ("web-2", "UP", "ok"),
        ("web-10", "up", "ok"),
    ]


def test_one_without_a_subject_has_the_producers_name() -> None:
    assert lights((None, {"state": "up"})) == [("p", "up", "ok")]
    assert lights((None, {"door": 3})) == [("p", "no state", "info")]


def test_a_limit_makes_a_light_worse_and_never_better() -> None:
    rows: tuple[tuple[str, dict[str, Any]], ...] = (
        ("oven", {"value": 210}),
        ("press", {"value": 95}),
        ("saw", {"state": "down"}),
        ("drill", {"state": "Idle"}),
    )
    limits: dict[str, Any] = {"warn": "in idle, down", "alert": "> 200"}

    assert lights(*rows, **limits) == [
        ("oven", "alert", "alert"),
        ("saw", "down", "alert"),
        ("drill", "Idle", "warn"),
        ("press", "info", "info"),
    ]
    assert context(*rows, **limits)["crossing"] == Crossing("alert", "oven", "210", "> 200")
    assert context(*rows)["crossing"] is None


def test_the_field_and_words_may_be_the_sites_own() -> None:
    rows = (("door", {"lock": "Open", "state": "up"}), ("gate", {"lock": "shut"}))

    assert lights(*rows, field="lock", levels={"open": "alert", "SHUT": "ok"}) == [
        ("door", "Open", "alert"),
        ("gate", "shut", "ok"),
    ]


def test_who_has_not_been_heard_for_long_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    rows = (("a", {"state": "up"}), ("b", {"state": "up"}), ("c", {"state": "up"}))

    assert [word for _, word, _ in lights(*rows, silent_after=7)] == ["silent", "up", "up"]
    assert [word for _, word, _ in lights(*rows)] == ["up", "up", "up"]


def test_more_than_fit_are_counted_and_the_best_are_left_out() -> None:
    rows = [(f"s{number}", {"state": "up"}) for number in range(30)]

    shown = context(*rows, ("bad", {"state": "down"}), limit=3)
    page = Page(render_to_string("dashboard/widgets/status.html", shown))

    assert [light["name"] for light in shown["lights"]] == ["bad", "s0", "s1"]
    assert shown["more"] == 28
    assert shown["counts"] == [{"level": "alert", "count": "1"}, {"level": "ok", "count": "30"}]
    assert page.text.startswith("1 alert 30 ok bad downs0 up")
    assert page.text.endswith("and 28 more")


def test_a_level_is_a_word_and_a_class_and_the_light_is_not_read_out() -> None:
    page = Page(render_to_string("dashboard/widgets/status.html", context(("a", {"ok": False}))))

    assert {"class": "is-alert"} in page.all("li")
    assert all(lamp["aria-hidden"] == "true" for lamp in page.with_class("lamp"))


@pytest.mark.parametrize(
    "options", [{"levels": {"up": "great"}}, {"limit": 0}, {"silent_after": 0}, {"words": {}}]
)
def test_bad_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StatusWidget.Options(**options)
