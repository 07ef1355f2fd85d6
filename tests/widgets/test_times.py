"""Moments as people read them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.widgets.times import span, stamp
from tests.support.drawn import NOW


@pytest.fixture(autouse=True)
def tokyo(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"


def test_today_is_a_time_in_the_sites_zone() -> None:
    assert stamp(NOW, NOW) == ("2026-11-22T23:03:07+09:00", "23:03:07")


def test_another_day_has_its_date() -> None:
    assert stamp(NOW - timedelta(days=1), NOW).text == "2026-11-21 23:03:07"
    assert stamp(NOW, NOW + timedelta(hours=1)).text == "2026-11-22 23:03:07"


def test_the_ends_of_the_calendar_do_not_break_it() -> None:
    assert stamp(datetime.max.replace(tzinfo=UTC), NOW).text == "9999-12-31 23:59:59"
    assert stamp(datetime.min.replace(tzinfo=UTC), NOW).text == "0001-01-01 09:18:59"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, ""), (-5, ""), (45, "45 s"), (300, "5 min"), (7300, "2 h"), (172_800, "2 d")],
)
def test_span_is_rough(seconds: float, text: str) -> None:
    assert span(NOW, NOW + timedelta(seconds=seconds)) == text
