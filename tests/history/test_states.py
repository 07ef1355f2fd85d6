"""Which texts are states, and what becomes of one state after another; pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.history.past import StatePast
from dashboard.history.rollups import Series
from dashboard.history.states import OPEN, Run, extend, states_of, texts_of
from dashboard.log.base import Entry, EntryId
from producers.events import Event

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
AT = int(NOON.timestamp())
PRESS = Series("machines", "press-1", "state")


def entry(number: int, text: str, ago: float) -> Entry:
    when = NOON - timedelta(seconds=ago)
    data = {"state": text}
    event = Event(producer="machines", type="t", time=when, data=data, subject="press-1")
    return Entry(EntryId("e", number), event, when)


@pytest.mark.parametrize(
    ("data", "states"),
    [
        ({"state": "running", "speed": 3}, {"state": "running"}),
        ({"value": "open", "name": "door", "unit": "-"}, {"door": "open"}),
        ({"door": {"value": "open"}, "lamp": True}, {"door": "open", "lamp": "true"}),
        ({"text": " idle "}, {"text": "idle"}),
        ({"text": "x" * 41, "state": "", "picture": "a.jpg", "value": 3, "none": None}, {}),
        ({"text": "a person", "detections": []}, {}),
        ({"state": "a\0b"}, {"state": "a\N{REPLACEMENT CHARACTER}b"}),
    ],
)
def test_short_texts_and_booleans_are_states(data: dict[str, Any], states: dict[str, str]) -> None:
    assert dict(texts_of(data)) == states


def test_a_state_holds_until_another_comes() -> None:
    runs: list[Run] = []
    for at, text in ((10, "on"), (20, "on"), (50, "off"), (90, "off")):
        extend(runs, at, text)

    assert runs == [Run(10, 20, 50, "on"), Run(50, 90, OPEN, "off")]


def test_of_one_step_the_last_state_counts_and_what_is_late_does_not() -> None:
    runs: list[Run] = []
    for at, text in ((10, "on"), (10, "off"), (30, "off"), (20, "on"), (0, "on")):
        extend(runs, at, text)

    assert runs == [Run(10, 30, OPEN, "off")]


def test_control_entries_have_no_states() -> None:
    event = Event(producer="_control", type="t", time=NOON, data={"state": "up"})

    assert list(states_of([Entry(EntryId("e", 1), event, NOON)], 10)) == []


def test_a_past_of_states_has_what_held_in_its_span() -> None:
    past = StatePast(3_600)
    told = [("off", 9_000), ("on", 7_200), ("off", 1_800), ("on", 60)]
    entries = [entry(number, text, ago) for number, (text, ago) in enumerate(told, 1)]
    past.hear(entries[3:])  # while what was before is read
    past.prime({}, entries[:3], EntryId("e", 3))
    past.hear(entries[3:])

    assert past.runs(NOON.timestamp()) == {
        PRESS: [
            Run(AT - 7_200, AT - 7_200, AT - 1_800, "on"),
            Run(AT - 1_800, AT - 1_800, AT - 60, "off"),
            Run(AT - 60, AT - 60, OPEN, "on"),
        ]
    }
