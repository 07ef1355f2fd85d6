"""The canonical result: its own round trip, its sizes, and the schema that pages show."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from producers.detections.fields import Box, Detection, Keypoint, Size, Tag
from producers.detections.model import Result
from tests.producers.detections import payloads

relative = st.floats(-1, 2)
scores = st.none() | st.floats(0, 1)
boxes: st.SearchStrategy[Any] = st.builds(
    dict, x=relative, y=relative, w=st.floats(0, 3), h=st.floats(0, 3)
)
pixel_boxes: st.SearchStrategy[Any] = st.builds(
    dict,
    x=st.floats(2, 9e5), y=st.floats(-9e5, 9e5), w=st.floats(1.1, 9e5), h=st.floats(0, 9e5),
)  # fmt: skip


def dumped(result: Result) -> Any:
    return result.model_dump(mode="json", exclude_none=True)


@given(st.lists(st.tuples(boxes, scores), max_size=5))
def test_a_result_that_is_read_again_stays_what_it_is(seen: list[Any]) -> None:
    detections = [{"label": "x", "box": box, "score": score} for box, score in seen]

    once = Result.model_validate({"detections": detections})
    again = Result.model_validate(json.loads(json.dumps(dumped(once))))

    assert again == once
    for one in once.detections:
        if one.box is not None:
            assert 0 <= one.box.x <= one.box.x + one.box.w <= 1 + 1e-9
            assert 0 <= one.box.y <= one.box.y + one.box.h <= 1 + 1e-9


@given(pixel_boxes, st.integers(1, 100_000), st.integers(1, 100_000))
def test_pixels_become_relative_whatever_the_size(box: Any, width: int, height: int) -> None:
    outline = [[box["x"], box["y"]]] * 3
    pixels = Result.model_validate(
        {"box_space": "px", "detections": [{"label": "x", "box": box, "polygon": outline}]}
    )

    placed = pixels.with_size(width, height)

    assert (pixels.box_space, placed.box_space) == ("px", "relative")
    assert placed.size == Size(width=width, height=height)
    assert Result.model_validate(dumped(placed)) == placed
    assert Result.model_validate(dumped(pixels)) == pixels


def test_the_size_may_come_later() -> None:
    box = {"x": 64, "y": 48, "w": 320, "h": 480}
    seen = {"label": "cat", "box": box, "polygon": [[0, 0], [640, 0], [640, 480]],
            "keypoints": [[320, 240, 0.5], [320, 240]]}  # fmt: skip

    placed = Result.model_validate({"box_space": "px", "detections": [seen]}).with_size(640, 480)

    assert dumped(placed)["detections"] == [
        {
            "label": "cat",
            "box": {"x": 0.1, "y": 0.1, "w": 0.5, "h": 0.9},
            "polygon": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]],
            "keypoints": [[0.5, 0.5, 0.5], [0.5, 0.5, None]],
        }
    ]


def test_a_new_size_does_not_move_what_is_relative() -> None:
    result = Result.model_validate(payloads.OWN)

    resized = result.with_size(320, 240)

    assert resized.size == Size(width=320, height=240)
    assert resized.detections == result.detections


def test_a_size_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        Result().with_size(0, 480)


def test_detectors_in_python_may_build_it_themselves() -> None:
    nose: Keypoint = (0.5, 0.5, 1.0)
    seen = Detection(label="face", box=Box(x=-0.5, y=0, w=1, h=1), keypoints=[nose])

    result = Result(detections=[seen], tags=[Tag(label="indoor")])

    assert result.detections[0].box == Box(x=0, y=0, w=0.5, h=1)


def test_its_members_are_what_was_sent() -> None:
    kept = dumped(Result.model_validate(payloads.OWN))

    own = json.loads(json.dumps(payloads.OWN))
    del own["detections"][0]["extra"]["name"], kept["detections"][0]["extra"]
    del own["detections"][0]["extra"]
    assert kept == own | {"box_space": "relative"}


def test_the_least_score_and_the_labels_choose() -> None:
    result = Result.model_validate(
        {
            "detections": [
                {"label": "cat", "score": 0.5},
                {"label": "cat", "score": 0.49},
                {"label": "cat"},
                {"label": "dog", "score": 1},
            ],
            "tags": [{"label": "indoor", "score": 1}, {"label": "cat", "score": 0.1}],
        }
    )

    chosen = result.only(0.5, frozenset({"cat"}))

    assert [(one.label, one.score) for one in chosen.detections] == [("cat", 0.5), ("cat", None)]
    assert chosen.tags == []
    assert len(result.only(0, frozenset()).detections) == 4


@pytest.mark.parametrize("model", [Result, Detection])
def test_the_schema_says_what_each_member_means(model: type[BaseModel]) -> None:
    schema = model.model_json_schema()

    told = [
        member.get("description") or member.get("$ref") for member in schema["properties"].values()
    ]
    assert all(told)
    assert len(json.dumps(Result.model_json_schema())) < 8_000
