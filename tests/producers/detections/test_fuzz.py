"""Payloads that something has gnawed at: taken, or refused with places that exist."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from producers.base import InvalidEvent
from producers.detections import DetectionProducer
from producers.detections.detect_format import FORMATS
from producers.detections.fields import Size
from producers.detections.query_params import Hints
from producers.limits import why_unfit
from tests.producers.detections import payloads

PUBLISHED = [payload for published in payloads.ALL.values() for payload in published]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(2**63), 0, 1, 100, 1e308, -0.0])
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", "\0", "\ud800", "\u202e", "<b>", "x" * 300, "1e5", "nan"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) within `value`."""
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    else:
        return []
    return [(value, key) for key, _ in pairs] + [
        place for _, inner in pairs for place in places(inner)
    ]


def batched(payloads_: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return payloads_ | st.lists(payloads_, min_size=1, max_size=3)


@st.composite
def gnawed(draw: st.DrawFn) -> Any:
    """Draw a published payload with one to three of its values replaced, doubled or gone."""
    payload = deepcopy(draw(st.sampled_from(PUBLISHED)))
    if isinstance(payload, str):
        at = draw(st.integers(0, len(payload)))
        return payload[:at] + draw(st.text(max_size=5)) + payload[at + draw(st.integers(0, 9)) :]
    for _ in range(draw(st.integers(1, 3))):
        found = places(payload)
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        match draw(st.sampled_from(["replace", "replace", "drop", "swap"])):
            case "replace":
                container[key] = draw(values)
            case "drop":
                del container[key]
            case "swap":
                other, name = draw(st.sampled_from(found))
                container[key] = deepcopy(other[name])
    return payload


def resolves(payload: Any, pointer: str) -> bool:
    """Return whether `pointer` leads into `payload`, or to a member that is missing there."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for index, step in enumerate(steps):
        if isinstance(payload, list) and step.isdecimal() and int(step) < len(payload):
            payload = payload[int(step)]
        elif isinstance(payload, dict) and step in payload:
            payload = payload[step]
        else:
            return index == len(steps) - 1
    return True


def must_hold(payload: Any, hints: Hints) -> None:
    before = repr(payload)
    producer, events, problems = DetectionProducer("cam"), [], []
    try:
        events = producer.take(payload, hints).events
    except InvalidEvent as error:
        problems = error.problems

    assert repr(payload) == before
    for event in events:
        assert why_unfit(event) is None
        json.dumps(dict(event.data), allow_nan=False)
        assert producer.event(event) == event
    for pointer, said in problems:
        assert said
        assert resolves(payload, pointer), (pointer, payload)


hints = st.builds(
    Hints,
    format=st.none() | st.sampled_from([known.name for known in FORMATS]),
    size=st.none() | st.builds(Size, width=st.integers(1, 9999), height=st.integers(1, 9999)),
)


@settings(max_examples=600, deadline=None)
@given(batched(gnawed()))
def test_a_gnawed_payload_is_taken_or_refused(payload: Any) -> None:
    must_hold(payload, Hints())


@settings(max_examples=400, deadline=None)
@given(batched(gnawed()), hints)
def test_a_payload_of_another_name_is_taken_or_refused(payload: Any, told: Hints) -> None:
    must_hold(payload, told)


@settings(max_examples=300, deadline=None)
@given(values, hints)
def test_any_value_is_taken_or_refused(payload: Any, told: Hints) -> None:
    must_hold(payload, told)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.e- \n\t\r", max_size=200))
def test_any_text_of_numbers_is_taken_or_refused(payload: str) -> None:
    must_hold(payload, Hints())
