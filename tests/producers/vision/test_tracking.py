"""A thing keeps its number while its boxes overlap from frame to frame."""

from typing import Any

import pytest

from producers.vision.tracking import Followed, overlap


def at(x: float, label: str = "face") -> dict[str, Any]:
    return {"label": label, "box": {"x": x, "y": 0.2, "w": 0.2, "h": 0.2}}


def follow(*frames: list[dict[str, Any]]) -> list[list[str]]:
    """Return the numbers that were given on each frame."""
    coming = iter(frames)
    followed = Followed(lambda image: next(coming))
    return [[thing["track_id"] for thing in followed(None)] for _ in frames]


def test_a_thing_that_moves_keeps_its_number() -> None:
    assert follow(*([at(0.05 * step)] for step in range(10))) == [["1"]] * 10


def test_a_thing_that_jumps_is_another() -> None:
    assert follow([at(0.1)], [at(0.6)]) == [["1"], ["2"]]


def test_two_things_keep_theirs_in_whatever_order_they_come() -> None:
    assert follow([at(0.1), at(0.5)], [at(0.52), at(0.12)]) == [["1", "2"], ["2", "1"]]


def test_a_number_is_given_once_though_two_overlap() -> None:
    assert follow([at(0.1)], [at(0.15), at(0.11)]) == [["1"], ["2", "1"]]


def test_another_label_is_another_thing() -> None:
    assert follow([at(0.1)], [at(0.1, "person")]) == [["1"], ["2"]]


@pytest.mark.parametrize(("missed", "number"), [(5, "1"), (6, "2")])
def test_a_thing_may_be_missed_for_a_while(missed: int, number: str) -> None:
    frames: list[list[dict[str, Any]]] = [[at(0.1)], *([] for _ in range(missed)), [at(0.12)]]

    assert follow(*frames)[-1] == [number]


def test_overlap_is_what_is_shared_of_what_is_covered() -> None:
    one, other = at(0.1)["box"], at(0.2)["box"]

    assert overlap(one, one) == pytest.approx(1)
    assert overlap(one, other) == pytest.approx(1 / 3)
    assert overlap(one, at(0.5)["box"]) == 0
    assert overlap({"x": 0, "y": 0, "w": 0, "h": 0}, {"x": 0, "y": 0, "w": 0, "h": 0}) == 0
