"""The clock widget."""

from typing import Any

import pytest

from dashboard.widgets.clock import ClockWidget
from tests.support.drawn import entries


def context(data: dict[str, Any], **options: object) -> dict[str, Any]:
    return ClockWidget(ClockWidget.Options(**options)).context(entries([data]))


def test_time_is_shown_in_the_zone_that_came_with_it() -> None:
    shown = context({"time": "2026-11-22T14:03:07+00:00", "timezone": "Asia/Tokyo"})

    assert (shown["minutes"], shown["seconds"]) == ("23:03", ":07")
    assert shown["date"] == "Sunday, 22 November 2026"
    assert (shown["zone"], shown["offset"]) == ("Asia/Tokyo", "UTC+9")
    assert shown["iso"] == "2026-11-22T23:03:07+09:00"
    assert shown["elapsed"] == str(23 * 60 + 3)


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC"])
def test_utc_is_said_once(zone: str) -> None:
    shown = context({"time": "2026-11-22T14:03:07+00:00", "timezone": zone})

    assert (shown["zone"], shown["offset"]) == ("", "UTC")


def test_time_without_a_zone_stays_as_it_came() -> None:
    shown = context({"time": "2026-11-22T14:03:07-03:30"})

    assert (shown["minutes"], shown["zone"], shown["offset"]) == ("14:03", "", "UTC−3:30")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"time": "noon"},
        {"time": 12},
        {"time": "2026-11-22T14:03:07"},
    ],
)
def test_data_without_a_usable_time_shows_the_events_own(
    data: dict[str, Any], settings: Any
) -> None:
    settings.TIME_ZONE = "UTC"

    shown = context(data)

    assert (shown["minutes"], shown["seconds"]) == ("14:03", ":07")


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc/passwd", "", 5, None, "x" * 5000])
def test_an_unknown_zone_is_not_believed(zone: object) -> None:
    shown = context({"time": "2026-11-22T14:03:07+02:00", "timezone": zone})

    assert (shown["minutes"], shown["zone"], shown["offset"]) == ("14:03", "", "UTC+2")


def test_the_end_of_the_calendar_is_shown_as_it_is() -> None:
    shown = context({"time": "9999-12-31T23:59:59+00:00", "timezone": "Asia/Tokyo"})

    assert shown["minutes"] == "23:59"


def test_options_leave_seconds_and_date_out() -> None:
    shown = context({"time": "2026-11-22T14:03:07+00:00"}, seconds=False, date=False)

    assert (shown["seconds"], shown["date"]) == ("", "")
