"""States over time: runs in their places, with their looks, names and shares."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from dashboard.history.past import StatePast
from dashboard.log.base import Entry, EntryId
from dashboard.widgets.palette import look
from dashboard.widgets.timeline import TimelineWidget
from producers.events import Event

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = 3_600


def entry(ago: float, subject: str | None = "press 1", **data: Any) -> Entry:
    when = NOON - timedelta(seconds=ago)
    event = Event(producer="machines", type="t", time=when, data=data, subject=subject)
    return Entry(EntryId("e", 1_000_000 - int(ago)), event, when)


def timeline(shown: list[Entry], **options: Any) -> dict[str, Any]:
    widget = TimelineWidget(TimelineWidget.Options(**{"span": "1h", **options}))
    past = StatePast(widget.span)
    past.prime({}, shown, EntryId("e", 1_000_000))
    return widget.chart(shown[-1:], past, NOON.timestamp())


def runs(context: dict[str, Any], row: int = 0) -> list[tuple[str, ...]]:
    return [
        (run["x"], run["width"], run["text"], run["look"]) for run in context["rows"][row]["runs"]
    ]


def test_a_state_is_drawn_until_the_next_and_the_last_until_now() -> None:
    context = timeline(
        [
            entry(2 * HOUR, state="running"),  # since before the span
            entry(1_800, state="failed"),
            entry(360, state="cutting"),
        ]
    )

    assert runs(context) == [
        ("0%", "50%", "running", "is-ok"),
        ("50%", "40%", "failed", "is-alert"),
        ("90%", "10%", "cutting", look("cutting").split(" ")[0]),
    ]
    assert [(state["text"], state["share"]) for state in context["states"]] == [
        ("running", "50%"),
        ("failed", "40%"),
        ("cutting", "10%"),
    ]


def test_a_state_that_is_not_told_again_ends_where_the_options_say() -> None:
    shown = [entry(1_800, state="on"), entry(1_200, state="on"), entry(600, state="off")]

    assert [run[:2] for run in runs(timeline(shown, hold="5m"))] == [
        ("50%", "25.28%"),  # told at 12 minutes, it holds for 5, and for its step
        ("83.33%", "8.61%"),
    ]
    assert [run[:2] for run in runs(timeline(shown))] == [("50%", "33.33%"), ("83.33%", "16.67%")]


def test_each_subject_has_a_row_in_the_order_of_their_names() -> None:
    shown = [entry(900, f"press {number}", state="on") for number in (10, 2, 1)]

    context = timeline(shown, limit=2)

    assert [row["name"] for row in context["rows"]] == ["press 1", "press 2"]
    assert (context["more"], context["size"]) == (1, 2)


def test_of_several_states_of_a_subject_the_usual_one_is_shown() -> None:
    shown = [entry(900, door="open", level="info", state="on"), entry(800, level="info")]

    assert [run[2] for run in runs(timeline(shown))] == ["on"]
    assert [run[2] for run in runs(timeline(shown, measure="door"))] == ["open"]


def test_without_subjects_each_state_has_a_row() -> None:
    shown = [entry(900, None, door="open", lamp=True, level=3)]

    assert [row["name"] for row in timeline(shown)["rows"]] == ["door", "lamp"]
    assert [row["name"] for row in timeline(shown, measure="lamp")["rows"]] == ["lamp"]


def test_runs_that_are_too_short_to_be_seen_are_drawn_as_one() -> None:
    flicker = [entry(1_800 - 10 * n, state="on" if n % 2 else "off") for n in range(160)]

    drawn = runs(timeline([*flicker, entry(100, state="on")], span="24h"))

    assert len(drawn) < 8
    context = timeline([*flicker, entry(100, state="on")], span="24h")
    assert context["rows"][0]["runs"][0]["title"] in ("off, on", "on, off")
    assert [state["share"] for state in context["states"]] == ["56%", "44%"]


def test_what_is_missing_is_told() -> None:
    shown = [entry(900, state="on")]

    assert timeline(shown, measure="door") == {
        "missing": "door",
        "known": ["state"],
        "primed": True,
    }
    assert timeline([entry(1, value=3)]) == {"missing": "", "known": [], "primed": True}


@pytest.mark.parametrize("options", [{"span": "2w"}, {"hold": "5"}, {"limit": 0}, {"limit": 21}])
def test_options_that_are_not_legal_are_told(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TimelineWidget.Options(**options)
