"""What becomes of values in a step of time; pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.history.rollups import (
    COUNTED,
    DETECTIONS,
    EVENTS,
    LABEL,
    STEPS,
    Place,
    Rollup,
    Series,
    counts_of,
    kept_name,
    measures_of,
    rolled_up,
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


def test_values_of_a_step_are_one_rollup() -> None:
    found = rolled_up([entry({"value": v}, after=s) for v, s in ((3, 0), (1, 4), (2, 9), (7, 10))])

    series = Series("kitchen", "", "value")
    assert found[Place(series, 10, AT)] == Rollup(3, 1, 3, 6, 2)
    assert found[Place(series, 10, AT + 10)] == Rollup(1, 7, 7, 7, 7)
    assert found[Place(series, 60, AT)] == Rollup(4, 1, 7, 13, 7)
    assert found[Place(series, 60, AT)].mean == 13 / 4
    assert {place.step for place in found} == {10, 60, 900, 21_600}


def test_subjects_and_measures_are_series_of_their_own() -> None:
    found = rolled_up(
        [
            entry({"cpu": {"value": 3, "unit": "%"}, "load": 1.5}, subject="a"),
            entry({"cpu": 9}, subject="b"),
        ]
    )

    measured = {place.series for place in found if not place.series.measure.startswith(COUNTED)}
    assert measured == {
        Series("kitchen", "a", "cpu"),
        Series("kitchen", "a", "load"),
        Series("kitchen", "b", "cpu"),
    }


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


def test_no_name_that_came_is_that_of_a_count() -> None:
    found = rolled_up([entry({EVENTS: 7, "a\0b\ud800": 1})])

    assert found[Place(Series("kitchen", "", EVENTS), 10, AT)] == Rollup(1, 1, 1, 1, 1)
    assert {place.series.measure for place in found} == {
        EVENTS,
        "\N{REPLACEMENT CHARACTER}events",
        "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}",
    }


numbered = st.lists(st.tuples(st.integers(0, 50_000), st.integers(-9, 9)), min_size=1)


@given(numbered)
def test_each_step_has_what_its_entries_say_whatever_their_order(
    said: list[tuple[int, int]],
) -> None:
    found = rolled_up([entry({"value": value}, after=-ago) for ago, value in said])

    for step in STEPS:
        places: dict[int, list[int]] = {}
        for ago, value in said:
            at = AT - ago
            places.setdefault(at - at % step, []).append(value)
        for start, values in places.items():
            assert found[Place(Series("kitchen", "", "value"), step, start)] == Rollup(
                len(values), min(values), max(values), sum(values), values[-1]
            )


def test_control_entries_are_no_history() -> None:
    assert rolled_up([entry({"value": 1}, producer="_control")]) == {}
