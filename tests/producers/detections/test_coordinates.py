"""Where a box is: every format's way of saying it, on a published payload of each."""

from copy import deepcopy
from typing import Any

import pytest

from producers.base import InvalidEvent
from producers.detections import DetectionProducer
from producers.detections.fields import Size
from producers.detections.query_params import Hints
from tests.producers.detections import payloads

NEAR = 1e-6


def taken(payload: Any, width: int | None = None, height: int | None = None) -> Any:
    """Return the data of the one event that `payload` is, on a picture of that size."""
    size = Size(width=width, height=height) if width and height else None
    (event,) = DetectionProducer("cam").take(payload, Hints(size=size)).events
    return event.data


def box(data: Any, index: int = 0) -> tuple[float, ...]:
    return tuple(data["detections"][index]["box"].values())


def test_azure_vision_boxes_are_pixels_of_the_size_it_tells() -> None:
    data = taken(payloads.AZURE)

    assert data["size"] == {"width": 573, "height": 847}
    assert data["box_space"] == "relative"
    assert box(data) == pytest.approx((116 / 573, 75 / 847, 200 / 573, 217 / 847), abs=NEAR)
    assert box(data, 1) == pytest.approx((0, 41 / 847, 95 / 573, 189 / 847), abs=NEAR)


def test_azure_vision_boxes_beyond_the_edge_are_clipped() -> None:
    payload = deepcopy(payloads.AZURE)
    payload["metadata"] = {"width": 300, "height": 231}

    data = taken(payload)

    assert box(data) == pytest.approx((116 / 300, 75 / 231, 184 / 300, 156 / 231), abs=NEAR)


def test_the_size_that_a_payload_tells_goes_before_the_one_asked_for() -> None:
    assert taken(payloads.AZURE, 10, 10) == taken(payloads.AZURE)


def test_custom_vision_boxes_are_fractions() -> None:
    data = taken(payloads.CUSTOM_VISION)

    assert box(data) == pytest.approx((0.955476165, 0, 0.0412225723, 0.156851858), abs=NEAR)
    assert data["detections"][0]["score"] == pytest.approx(0.05149666, abs=NEAR)


def test_ultralytics_boxes_are_pixels_until_a_size_is_known() -> None:
    data = taken(payloads.ULTRALYTICS)

    assert data["box_space"] == "px"
    assert box(data) == (1003.89, 93.98, 56.93, 155.66)


def test_ultralytics_pixels_become_fractions_of_a_size_that_is_sent_along() -> None:
    data = taken(payloads.ULTRALYTICS, 1920, 1080)

    assert data["box_space"] == "relative"
    assert box(data) == pytest.approx(
        (1003.89 / 1920, 93.98 / 1080, 56.93 / 1920, 155.66 / 1080), abs=NEAR
    )


def test_ultralytics_coordinates_up_to_1_are_fractions() -> None:
    data = taken(payloads.ULTRALYTICS_NORMALISED, 1920, 1080)

    seen = data["detections"][0]
    assert data["box_space"] == "relative"
    assert box(data) == pytest.approx((0.52286, 0.08702, 0.02965, 0.14413), abs=NEAR)
    assert seen["polygon"] == [[0.523, 0.09], [0.552, 0.1], [0.54, 0.23]]
    assert seen["keypoints"] == [[0.53, 0.1, 0.98], [0.0, 0.0, 0.01]]


def test_fractions_among_pixels_are_refused_for_no_box_is_under_a_pixel() -> None:
    payload = payloads.ULTRALYTICS_NORMALISED + payloads.ULTRALYTICS

    with pytest.raises(InvalidEvent) as caught:
        taken(payload, 1920, 1080)

    assert caught.value.problems[0][0] == "/0/box"
    assert "less than a pixel" in caught.value.problems[0][1]


@pytest.mark.parametrize("over", [1.00001, 1.002, 1.05])
def test_fractions_that_rounding_made_more_than_1_end_at_the_edge(over: float) -> None:
    sides = {"x1": 0.2, "y1": 0.1, "x2": over, "y2": 0.9}

    data = taken([{"name": "a", "class": 0, "confidence": 1, "box": sides}])

    assert data["box_space"] == "relative"
    assert box(data) == (0.2, 0.1, 0.8, 0.8)


def test_coordinates_between_fractions_and_pixels_are_asked_about() -> None:
    tiny = [{"name": "a", "class": 0, "confidence": 1}]
    tiny[0]["box"] = {"x1": 0.2, "y1": 0.2, "x2": 1.5, "y2": 1.9}

    with pytest.raises(InvalidEvent, match="say which with"):
        taken(tiny)
    said = DetectionProducer("cam").take(tiny, Hints(box_space="px"))
    assert box(said.events[0].data) == (0.2, 0.2, 1.3, 1.7)


def test_fractions_where_pixels_are_the_rule_are_refused_until_somebody_says_so() -> None:
    coco = [{"image_id": 1, "category_id": 1, "bbox": [0.1, 0.2, 0.3, 0.4], "score": 0.5}]

    with pytest.raises(InvalidEvent, match="if they are, say"):
        taken(coco)
    said = DetectionProducer("cam").take(coco, Hints(box_space="relative"))
    assert box(said.events[0].data) == (0.1, 0.2, 0.3, 0.4)


def test_a_space_that_a_format_never_has_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="in custom-vision it is always 'relative'"):
        DetectionProducer("cam").take(payloads.CUSTOM_VISION, Hints(box_space="px"))


def test_ultralytics_oriented_boxes_have_corners_and_a_box_around_them() -> None:
    data = taken(payloads.ULTRALYTICS_ORIENTED)

    corners = data["detections"][0]["polygon"]
    assert box(data) == (250, 100, 150, 150)
    assert corners == [[300, 100], [400, 200], [350, 250], [250, 150]]


def test_oriented_corners_a_little_outside_are_fractions_nevertheless() -> None:
    corners = {
        "x1": 0.9,
        "y1": 0.1,
        "x2": 1.02,
        "y2": 0.3,
        "x3": 0.9,
        "y3": 0.5,
        "x4": 0.8,
        "y4": 0.3,
    }

    data = taken([{"name": "ship", "class": 1, "confidence": 0.5, "box": corners}])

    assert data["box_space"] == "relative"
    assert box(data) == pytest.approx((0.8, 0.1, 0.2, 0.4), abs=NEAR)
    assert data["detections"][0]["polygon"][1] == [1.02, 0.3]


def test_coco_boxes_are_pixels_from_the_top_left() -> None:
    assert box(taken(payloads.COCO)) == (258.15, 41.29, 348.26, 243.78)
    assert box(taken(payloads.COCO, 640, 480)) == pytest.approx(
        (258.15 / 640, 41.29 / 480, 348.26 / 640, 243.78 / 480), abs=NEAR
    )


def test_frigate_messages_hold_two_corners_in_pixels() -> None:
    data = taken(payloads.FRIGATE)

    left, top, width, height = box(data)
    assert data["box_space"] == "px"
    assert (left, top) == (432, 496)
    assert width * height == payloads.FRIGATE["after"]["area"]


def test_frigate_api_boxes_are_fractions_with_their_size() -> None:
    data = taken(payloads.FRIGATE_API)

    assert data["box_space"] == "relative"
    assert box(data) == (0.1, 0.1, 0.5, 0.5)


def test_roboflow_boxes_are_told_by_their_centre() -> None:
    data = taken(payloads.ROBOFLOW)

    assert box(data) == pytest.approx((108 / 2048, 7 / 1371, 163 / 2048, 186 / 1371), abs=NEAR)
    assert data["detections"][0]["keypoints"][0] == pytest.approx(
        [189 / 2048, 20 / 1371, 0.91], abs=NEAR
    )


def test_roboflow_without_an_image_is_in_pixels() -> None:
    data = taken(payloads.ROBOFLOW_OUTLINE)

    assert data["box_space"] == "px"
    assert box(data) == (63.7, 173.5, 231, 147)
    assert data["detections"][0]["polygon"] == [[134, 314], [116, 313], [103, 310.1]]


def test_yolo_text_boxes_are_told_by_their_centre_in_fractions() -> None:
    data = taken(payloads.YOLO_TXT)

    assert box(data) == pytest.approx((0.0016875, 0.391021, 0.955609, 0.5955), abs=NEAR)
    assert "score" not in data["detections"][0]


def test_rekognition_boxes_are_fractions_and_its_scores_percentages() -> None:
    data = taken(payloads.REKOGNITION)

    assert box(data) == pytest.approx((0.0792454, 0.4037396, 0.1989877, 0.3129610), abs=NEAR)
    assert data["detections"][0]["score"] == pytest.approx(0.777730, abs=NEAR)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ((-0.25, 0.5, 0.5, 1.0), (0.0, 0.5, 0.25, 0.5)),
        ((0, 0, 1, 1), (0.0, 0.0, 1.0, 1.0)),
        ((0.5, 0.5, 0, 0), (0.5, 0.5, 0.0, 0.0)),
        ((-0.5, -0.5, 2, 2), (0.0, 0.0, 1.0, 1.0)),
        ((0.1234567891, 0, 1, 1), (0.123457, 0.0, 0.876543, 1.0)),
    ],
)
def test_boxes_are_clipped_to_the_picture(sent: Any, kept: Any) -> None:
    data = taken({"label": "cat", "box": dict(zip("xywh", sent, strict=True))})

    assert box(data) == kept


@pytest.mark.parametrize(
    "sent", [(1, 0, 0.5, 0.5), (-0.5, 0, 0.5, 1), (0, 1.5, 1, 0.1), (0, -1, 1, 1)]
)
def test_a_box_outside_is_no_box_but_its_detection_stays(sent: Any) -> None:
    data = taken({"label": "cat", "box": dict(zip("xywh", sent, strict=True))})

    assert data["detections"] == [{"label": "cat"}]
    assert data["text"] == "1 cat"


def test_a_pixel_box_outside_its_picture_is_no_box() -> None:
    assert "box" not in taken(payloads.ULTRALYTICS, 640, 480)["detections"][0]


@pytest.mark.parametrize("score", [1.5, 7, 42.0, 100])
@pytest.mark.parametrize(
    ("payload", "path"),
    [
        (payloads.AZURE, ["peopleResult", "values", 0, "confidence"]),
        (payloads.CUSTOM_VISION, ["predictions", 0, "probability"]),
        (payloads.ULTRALYTICS, [0, "confidence"]),
        (payloads.COCO, [0, "score"]),
        (payloads.FRIGATE, ["after", "score"]),
        (payloads.ROBOFLOW, ["predictions", 0, "confidence"]),
        (payloads.OWN, ["detections", 0, "score"]),
    ],
)
def test_a_score_above_1_is_refused_where_it_should_be_a_fraction(
    payload: Any, path: list[Any], score: float
) -> None:
    wrong = inside = deepcopy(payload)
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = score

    with pytest.raises(InvalidEvent) as caught:
        taken(wrong)

    assert caught.value.problems[0][0] == "".join(f"/{step}" for step in path)


def test_a_percentage_is_divided_where_the_format_says_percentages() -> None:
    wrong = deepcopy(payloads.REKOGNITION)
    wrong["CustomLabels"][0]["Confidence"] = 100.5

    assert taken(payloads.REKOGNITION_LABELS)["detections"][0]["score"] == 0.99998
    with pytest.raises(InvalidEvent, match="legal is a number from 0 to 100"):
        taken(wrong)
