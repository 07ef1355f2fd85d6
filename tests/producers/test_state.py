"""A state goes through the log and comes back the same; errors become one line."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from producers.events import Event
from producers.names import CONTROL
from producers.state import STATE_TYPE, ProducerState, told

WHEN = datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
STATE = ProducerState("cam", "restarting", WHEN, "OSError: gone", 3, WHEN)


@pytest.mark.parametrize("state", [STATE, ProducerState("notes", "listening", WHEN)])
def test_a_state_comes_back_from_its_event(state: ProducerState) -> None:
    event = state.event()

    assert (event.producer, event.type, event.subject) == (CONTROL, STATE_TYPE, state.alias)
    assert ProducerState.of(event) == state


@pytest.mark.parametrize(
    "event",
    [
        replace(STATE.event(), producer="cam"),
        replace(STATE.event(), type="token.revoked"),
        replace(STATE.event(), subject=None),
        replace(STATE.event(), data={}),
        replace(STATE.event(), data={**STATE.event().data, "status": "odd"}),
        replace(STATE.event(), data={**STATE.event().data, "restarts": "3"}),
        replace(STATE.event(), data={**STATE.event().data, "retry_at": "soon"}),
    ],
)
def test_any_other_event_is_no_state(event: Event) -> None:
    with pytest.raises(ValueError, match=r"state|isoformat"):
        ProducerState.of(event)


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("no camera"), "ValueError: no camera"),
        (ValueError(), "ValueError"),
        (ValueError("two\n  lines"), "ValueError: two lines"),
        (ValueError("nul \0 and \ud800"), "ValueError: nul \\0 and \\ud800"),
        (MuteError(), "MuteError: (says nothing)"),
    ],
)
def test_told_is_one_line_that_any_log_can_hold(error: Exception, line: str) -> None:
    assert told(error) == line


def test_told_is_short() -> None:
    assert len(told(ValueError("x" * 10_000))) == 500
