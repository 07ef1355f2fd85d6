"""Boxes of a picture that is turned to be shown: on the thing that the detector saw, or refused."""

from typing import Any

import pytest

from producers.base import InvalidEvent
from producers.detections import DetectionProducer
from producers.detections.query_params import Hints
from producers.pictures import Picture

LEFT = {"x": 0.0, "y": 0.25, "w": 0.25, "h": 0.5}
ID = "0" * 32 + ".jpg"

MOVED = {
    2: (0.75, 0.25, 0.25, 0.5),
    3: (0.75, 0.25, 0.25, 0.5),
    4: (0.0, 0.25, 0.25, 0.5),
    5: (0.25, 0.0, 0.5, 0.25),
    6: (0.25, 0.0, 0.5, 0.25),
    7: (0.25, 0.75, 0.5, 0.25),
    8: (0.25, 0.75, 0.5, 0.25),
}
"""By orientation: where a box at the left of the stored picture is when it is shown."""


def picture(orientation: int) -> Picture:
    """Return a picture of 640 x 480 as stored."""
    width, height = (480, 640) if orientation >= 5 else (640, 480)
    return Picture(ID, width, height, orientation)


def taken(orientation: int, value: Any = None, **hints: Any) -> dict[str, Any]:
    value = value or {"label": "cat", "box": LEFT}
    producer = DetectionProducer("cam")
    (event,) = producer.take(value, Hints(**hints), picture=picture(orientation)).events
    return dict(event.data)


def box(data: dict[str, Any]) -> tuple[float, ...]:
    return tuple(data["detections"][0]["box"].values())


@pytest.mark.parametrize("orientation", MOVED)
def test_boxes_of_before_are_turned_with_the_picture(orientation: int) -> None:
    assert box(taken(orientation, exif="ignored")) == MOVED[orientation]
    assert box(taken(orientation, exif="applied")) == tuple(LEFT.values())
    assert box(taken(1, exif="ignored")) == tuple(LEFT.values())


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
@pytest.mark.parametrize(
    ("width", "height", "before"),
    [(640, 480, True), (320, 240, True), (480, 640, False), (1201, 1600, False)],
)
def test_a_size_tells_whether_it_was_turned_before(
    orientation: int, width: int, height: int, before: bool
) -> None:
    sized = {"label": "cat", "box": LEFT, "size": {"width": width, "height": height}}

    data = taken(orientation, sized)

    assert box(data) == (MOVED[orientation] if before else tuple(LEFT.values()))
    assert data["size"] == {"width": 480, "height": 640}


@pytest.mark.parametrize(
    ("orientation", "width", "height"), [(6, 640, 640), (3, 640, 480), (2, 640, 480), (8, 10, 90)]
)
def test_a_size_that_leaves_it_open_is_refused(orientation: int, width: int, height: int) -> None:
    sized = {"label": "cat", "box": LEFT, "size": {"width": width, "height": height}}

    with pytest.raises(InvalidEvent, match=r"say which with \?exif=ignored or \?exif=applied"):
        taken(orientation, sized)
    assert box(taken(orientation, sized, exif="ignored")) == MOVED[orientation]


def test_a_size_without_boxes_leaves_nothing_open() -> None:
    sized = {"detections": [], "size": {"width": 640, "height": 640}}

    assert taken(6, sized)["detections"] == []


def test_pixels_that_reach_beyond_what_is_shown_are_of_before() -> None:
    pixels = {"label": "cat", "box": {"x": 560, "y": 0, "w": 80, "h": 240}, "box_space": "px"}

    assert box(taken(6, pixels)) == (0.5, 0.875, 0.5, 0.125)
    assert box(taken(6, pixels | {"box": {"x": 0, "y": 0, "w": 48, "h": 64}})) == (0, 0, 0.1, 0.1)


def test_outlines_and_keypoints_are_turned_too() -> None:
    thing = {
        "label": "cat",
        "polygon": [[0.0, 0.0], [0.5, 0.0], [0.0, 0.25]],
        "keypoints": [[0.25, 0.5, 0.9]],
    }

    (seen,) = taken(6, thing, exif="ignored")["detections"]

    assert seen["polygon"] == [[1.0, 0.0], [1.0, 0.5], [0.75, 0.0]]
    assert seen["keypoints"] == [[0.5, 0.25, 0.9]]
