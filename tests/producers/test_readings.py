"""Readings: what counts as numbers, and what the answer to anything else is."""

import re
from typing import Any

import pytest

from producers.base import InvalidEvent
from producers.readings import ReadingsProducer

MANY = {f"m{n}": n for n in range(33)}


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        (21.4, {"value": 21.4}),
        (21, {"value": 21}),
        (0, {"value": 0}),
        ("21.4", {"value": 21.4}),
        (" -3e2\n", {"value": -300.0}),
        ({"value": 21.4, "unit": "°C"}, {"value": 21.4, "unit": "°C"}),
        ({"value": "40"}, {"value": 40}),
        ({"name": "roof", "value": 1, "unit": ""}, {"name": "roof", "value": 1, "unit": ""}),
        ({"type": "temp", "value": 1}, {"type": "temp", "value": 1}),
        (
            {"temperature": 21.4, "humidity": {"value": "40", "unit": "%"}},
            {"temperature": 21.4, "humidity": {"value": 40, "unit": "%"}},
        ),
        ({"value": 1, "battery": 88}, {"value": 1, "battery": 88}),
        ({"type": 7}, {"type": 7}),
        (2**53, {"value": 2**53}),
        ({"value": 1, "unit": 5}, {"value": 1}),
        ({"value": 1, "unit": "x" * 65}, {"value": 1}),
        ({"value": 1, "name": None}, {"value": 1}),
        ({"t": 1, "h": {"value": "wet"}}, {"t": 1}),
        ({"h": {"value": 1, "unit": []}}, {"h": {"value": 1}}),
    ],
)
def test_numbers_are_kept_as_posted(posted: Any, kept: dict[str, Any]) -> None:
    event = ReadingsProducer("r").event(posted)

    assert event.data == kept
    assert list(event.data) == list(kept)
    assert event.type == "reading"


@pytest.mark.parametrize(
    ("posted", "pointer", "says"),
    [
        (True, "", "true or false is no number"),
        (None, "", "null is no number"),
        ([1, 2], "", "a list is no number"),
        ("warm", "", "this text is no number"),
        ("nan", "", "this text is no number"),
        ("1_000", "", "this text is no number"),
        ("٣", "", "this text is no number"),
        ("9" * 5000, "", "this text is no number"),
        (float("nan"), "", "not finite"),
        (float("inf"), "", "not finite"),
        ("1e400", "", "not finite"),
        (2**53 + 1, "", "too large"),
        (10**400, "", "too large"),
        ({}, "", "there is no measure in it"),
        ({"value": False}, "/value", "true or false is no number"),
        ({"value": {"value": 1}}, "/value", "an object is no number"),
        ({"h": {"value": "wet"}}, "/h/value", "this text is no number"),
        ({"h": {"unit": "%"}}, "/h", "value is missing"),
        ({"h": {}}, "/h", "value is missing"),
        ({"x" * 65: 1}, "/" + "x" * 65, "1 to 64 printable characters"),
        ({"": 1}, "/", "1 to 64 printable characters"),
        (MANY, "", "33 measures are too many; legal are 32"),
    ],
)
def test_anything_else_says_where_and_what_is_legal(posted: Any, pointer: str, says: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        ReadingsProducer("r").event(posted)

    (problem,) = caught.value.problems
    assert problem[0] == pointer
    assert says in problem[1]


@pytest.mark.parametrize("posted", [True, {}, "warm"])
def test_a_body_that_is_wrong_as_a_whole_gets_an_example(posted: Any) -> None:
    with pytest.raises(InvalidEvent, match=re.escape('{"value": 21.4, "unit": "°C"}')):
        ReadingsProducer("r").event(posted)


def test_every_fault_of_a_body_is_told() -> None:
    with pytest.raises(InvalidEvent) as caught:
        ReadingsProducer("r").event({"a": True, "b": {"value": None, "unit": 5}})

    assert [pointer for pointer, _ in caught.value.problems] == ["/a", "/b/value", "/b/unit"]
