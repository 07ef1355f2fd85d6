"""Counts over time: of detections, of a label's, of events; in bars at round times."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from dashboard.history.past import Past
from dashboard.log.base import Entry, EntryId
from dashboard.widgets.count import CountWidget
from producers.events import Event

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def zone(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def entry(ago: float, data: dict[str, Any]) -> Entry:
    when = NOON - timedelta(seconds=ago)
    event = Event(producer="camera", type="detection", time=when, data=data)
    return Entry(EntryId("e", 100_000 - int(ago)), event, when)


def seen(ago: float, *labels: str) -> Entry:
    return entry(ago, {"detections": [{"label": label} for label in labels]})


def count(shown: list[Entry], **options: Any) -> dict[str, Any]:
    widget = CountWidget(CountWidget.Options(**options))
    past = Past(*widget.scope)
    past.prime({}, shown, EntryId("e", 100_000))
    return widget.chart(shown[-1:], past, NOON.timestamp())


SEEN = [seen(3_000, "person", "dog"), seen(2_990, "person", "person"), seen(30, "person"), seen(9)]


@pytest.mark.parametrize(
    ("options", "total", "name"),
    [
        ({}, "5", "detections"),
        ({"label": "person"}, "4", "person"),
        ({"label": "dog"}, "1", "dog"),
        ({"label": "person", "how": "most"}, "2", "person"),
        ({"how": "most"}, "2", "detections"),
    ],
)
def test_detections_are_counted(options: dict[str, Any], total: str, name: str) -> None:
    context = count(SEEN, span="1h", **options)

    assert (context["total"], context["name"], context["known"]) == (total, name, [])


def test_events_are_counted_where_nothing_is_detected() -> None:
    context = count([entry(ago, {"text": "a note"}) for ago in (7_000, 50, 40)], span="1h")

    assert (context["total"], context["name"]) == ("2", "events")


def test_one_is_called_one() -> None:
    context = count([entry(50, {"text": "a note"})], span="1h")

    assert (context["total"], context["name"]) == ("1", "event")


def test_a_label_that_was_not_seen_is_none_and_those_that_were_are_told() -> None:
    context = count(SEEN, label="cat")

    assert (context["total"], context["bars"], context["known"]) == ("0", [], ["dog", "person"])


def test_bars_are_as_high_as_their_count_and_begin_at_round_times() -> None:
    # An hour has bars of two minutes.
    context = count([seen(130, "a", "b", "c", "d"), seen(119, "a"), seen(1, "a")], span="1h")

    assert context["bars"] == [
        {"x": "933.3", "y": "0", "width": "28.4", "height": "1000"},
        {"x": "966.7", "y": "500", "width": "28.3", "height": "500"},
    ]
    assert [row["text"] for row in context["rows"]] == ["0", "1", "2", "3", "4"]


def test_days_are_those_of_where_the_wall_hangs(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"  # half an hour off the hours of UTC
    begin = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)  # midnight
    inside = (NOON - begin).total_seconds() - 1

    context = count([seen(inside + 2, "a"), seen(inside, "a"), seen(60, "a")], span="30d")

    assert [bar["height"] for bar in context["bars"]] == ["500", "1000"]


def test_while_what_was_before_is_read_nothing_is_counted() -> None:
    widget = CountWidget(CountWidget.Options())

    assert widget.chart(SEEN, Past(*widget.scope), NOON.timestamp()) == {"is_waiting": True}


@pytest.mark.parametrize("options", [{"span": "31d"}, {"how": "mean"}, {"labels": "a"}])
def test_options_that_are_not_legal_are_told(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CountWidget.Options(**options)
