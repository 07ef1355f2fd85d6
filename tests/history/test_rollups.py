"""What becomes of values in a step of time; pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.history.rollups import (
    DETECTIONS,
    EVENTS,
    LABEL,
    counts_of,
    kept_name,
    measures_of,
    time_of,
)
from dashboard.log.base import Entry, EntryId
from dashboard.widgets.measures import histories
from producers.events import Event

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
AT = int(NOON.timestamp())


def entry(data: dict[str, Any], *, after: float = 0, **fields: Any) -> Entry:
    when = NOON + timedelta(seconds=after)
    said: dict[str, Any] = {"producer": "kitchen", "type": "reading", "time": when, "data": data}
    return Entry(EntryId("e", 1), Event(**said | fields), when)


@pytest.mark.parametrize(
    "data",
    [{"value": True}, {"value": "3"}, {"value": None}, {"value": [1]}, {"a": {"unit": "m"}},
     {"value": float("inf")}, {"value": float("nan")}, {"value": 1e200}, {}],
)  # fmt: skip
def test_what_is_no_number_has_no_measure(data: dict[str, Any]) -> None:
    assert list(measures_of(data)) == []


numbers = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6)
values = numbers | st.booleans() | st.text(max_size=3) | st.none()
datas = st.dictionaries(
    st.sampled_from(["value", "name", "type", "unit", "cpu", "load"]),
    values | st.fixed_dictionaries({"value": values}, optional={"unit": st.text(max_size=2)}),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(datas)
def test_widgets_and_rollups_see_the_same_measures(data: dict[str, Any]) -> None:
    found = histories([entry(data)])
    drawn = {kept_name(name): history.values[-1] for name, history in found.items()}

    assert dict(measures_of(data)) == drawn


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        (timedelta(minutes=-5), True),
        (timedelta(days=-29), True),
        (timedelta(days=-31), False),
        (timedelta(seconds=30), True),
        (timedelta(days=1), False),
    ],
)
def test_the_time_that_an_event_says_counts_where_it_can_be(said: timedelta, counts: bool) -> None:
    event = Event(producer="kitchen", type="reading", time=NOON + said, data={"value": 1})

    assert time_of(Entry(EntryId("e", 1), event, NOON)) == (NOON + said if counts else NOON)


def test_events_and_detections_are_counted() -> None:
    seen = [{"label": "person"}, {"label": "dog"}, {"label": "person"}, {"box": {}}, "odd"]

    assert dict(counts_of({"detections": seen})) == {
        EVENTS: 1,
        DETECTIONS: 5,
        LABEL + "person": 2,
        LABEL + "dog": 1,
    }
    assert dict(counts_of({"detections": []})) == {EVENTS: 1, DETECTIONS: 0}
    assert dict(counts_of({"value": 3})) == {EVENTS: 1}
    many = [{"label": f"thing {number}"} for number in range(100)]
    assert len(list(counts_of({"detections": many}))) == 22
