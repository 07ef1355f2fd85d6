"""Many entries become few rows, which say what one after the other would; pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.history.fold import Fold
from dashboard.history.rollups import COUNTED, EVENTS, STEPS, Place, Rollup, Series
from dashboard.log.base import Entry, EntryId
from producers.events import Event
from tests.support.recount import held, rolled_up, runs_of

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
AT = int(NOON.timestamp())


def entry(data: dict[str, Any], *, after: float = 0, **fields: Any) -> Entry:
    when = NOON + timedelta(seconds=after)
    said: dict[str, Any] = {"producer": "kitchen", "type": "reading", "time": when, "data": data}
    return Entry(EntryId("e", 1), Event(**said | fields), when)


def folded(entries: list[Entry]) -> dict[Place, Rollup]:
    fold = Fold()
    fold.add(entries)
    return fold.rollups()


def test_values_of_a_step_are_one_rollup() -> None:
    found = folded([entry({"value": v}, after=s) for v, s in ((3, 0), (1, 4), (2, 9), (7, 10))])

    series = Series("kitchen", "", "value")
    assert found[Place(series, 10, AT)] == Rollup(3, 1, 3, 6, 2)
    assert found[Place(series, 10, AT + 10)] == Rollup(1, 7, 7, 7, 7)
    assert found[Place(series, 60, AT)] == Rollup(4, 1, 7, 13, 7)
    assert found[Place(series, 60, AT)].mean == 13 / 4
    assert {place.step for place in found} == {10, 60, 900, 21_600}


def test_subjects_and_measures_are_series_of_their_own() -> None:
    found = folded(
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


def test_no_name_that_came_is_that_of_a_count() -> None:
    found = folded([entry({EVENTS: 7, "a\0b\ud800": 1})])

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
    found = folded([entry({"value": value}, after=-ago) for ago, value in said])

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
    assert folded([entry({"value": 1}, producer="_control")]) == {}


members = st.sampled_from(["value", "name", "type", "unit", "cpu", "door", "x" * 80, "a\0"])
values = (
    st.integers(-(10**6), 10**6)
    | st.sampled_from([0.5, -0.0, 1e149, 1e200, float("inf"), float("nan"), 10**400])
    | st.booleans()
    | st.sampled_from(["on", " off ", "", "o\0n", "x" * 41])
    | st.none()
)
found = st.lists(st.sampled_from([{"label": "dog"}, {"label": "cat"}, {"box": 1}, 7]), max_size=4)
datas = st.builds(
    lambda said, seen: said | ({} if seen is None else {"detections": seen}),
    st.dictionaries(
        members, values | st.fixed_dictionaries({"value": values}, optional={"unit": values})
    ),
    st.none() | found | st.just("none"),
)
whose = st.fixed_dictionaries(
    {"producer": st.sampled_from(["kitchen", "hall"]), "subject": st.sampled_from([None, "", "a"])}
)
ago = st.integers(-120, 40) | st.just(40 * 86_400)
came = st.builds(
    lambda data, of, ago: entry(data, time=NOON - timedelta(seconds=ago), **of), datas, whose, ago
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(came, max_size=12), st.integers(0, 12))
def test_it_says_what_a_recount_of_each_entry_says(entries: list[Entry], cut: int) -> None:
    fold = Fold()
    fold.add(entries[:cut])
    fold.add(entries[cut:])

    assert fold.rollups() == rolled_up(entries)
    assert runs_of(fold.states()) == held(entries)
