"""What is refused, and at which place of the payload the answer says so."""

from copy import deepcopy
from typing import Any

import pytest

from producers.base import InvalidEvent
from producers.detections import DetectionProducer
from tests.producers.detections import payloads

NAN = float("nan")
HUGE = 10**400
GONE = object()


def changed(payload: Any, pointer: str, value: Any) -> Any:
    """Return `payload` with another value at `pointer`, or without it."""
    if not pointer:
        return value
    copy = inside = deepcopy(payload)
    *steps, last = [int(s) if s.isdigit() else s for s in pointer[1:].split("/")]
    for step in steps:
        inside = inside[step]
    if value is GONE:
        del inside[last]
    else:
        inside[last] = value
    return copy


@pytest.mark.parametrize(
    ("payload", "pointer", "value", "told_at", "says"),
    [
        (payloads.AZURE, "/objectsResult", 5, "/objectsResult", "'values'"),
        (payloads.AZURE, "/objectsResult/values", {}, "/objectsResult/values", "a list"),
        (payloads.AZURE, "/metadata/width", 0, "/metadata/width", "from 1 to 100000"),
        (payloads.AZURE, "/metadata/height", GONE, "/metadata", "'height' is missing"),
        (payloads.AZURE, "/metadata/height", 1.5, "/metadata/height", "a whole number"),
        (
            payloads.AZURE, "/peopleResult/values/0/boundingBox/w", -1,
            "/peopleResult/values/0/boundingBox/w", "not negative",
        ),
        (
            payloads.AZURE, "/peopleResult/values/0/boundingBox/x", NAN,
            "/peopleResult/values/0/boundingBox/x", "a number from",
        ),
        (
            payloads.AZURE, "/peopleResult/values/1/confidence", None,
            "/peopleResult/values/1", "'confidence' is missing",
        ),
        (
            payloads.AZURE, "/objectsResult/values/0/tags/0/name", "",
            "/objectsResult/values/0/tags/0/name", "1 to 200",
        ),
        (payloads.AZURE, "/captionResult/text", "x" * 2001, "/captionResult/text", "1 to 2000"),
        (
            payloads.CUSTOM_VISION, "/predictions/0/boundingBox/left", 320,
            "/predictions/0/boundingBox/left", "are these pixels?",
        ),
        (
            payloads.CUSTOM_VISION, "/predictions/0/boundingBox/height", GONE,
            "/predictions/0/boundingBox", "'height' is missing",
        ),
        (payloads.CUSTOM_VISION, "/created", "yesterday", "/created", "a time such as"),
        (payloads.CUSTOM_VISION, "/created", "0001-01-01T00:00:00+14:00", "/created", "calendar"),
        (payloads.CUSTOM_VISION, "/id", "a\nb", "/id", "one printable line"),
        (payloads.ULTRALYTICS, "/0/confidence", True, "/0/confidence", "a number"),
        (payloads.ULTRALYTICS, "/0/confidence", "0.8", "/0/confidence", "a number"),
        (payloads.ULTRALYTICS, "/0/confidence", HUGE, "/0/confidence", "a number from 0"),
        (payloads.ULTRALYTICS, "/0/confidence", 7, "/0/confidence", "track id in its place"),
        (payloads.ULTRALYTICS, "/0/name", 5, "/0/name", "a text"),
        (payloads.ULTRALYTICS, "/0/name", "a\0b", "/0/name", "U+0000"),
        (payloads.ULTRALYTICS, "/0/name", "\ud800", "/0/name", "surrogate"),
        (payloads.ULTRALYTICS, "/0/name", "x" * 201, "/0/name", "1 to 200"),
        (payloads.ULTRALYTICS, "/0/name", " \n", "/0/name", "blank"),
        (payloads.ULTRALYTICS, "/0/box/x2", 3, "/0/box/x2", "ends before it begins"),
        (payloads.ULTRALYTICS, "/0/box/y1", "1", "/0/box/y1", "a number"),
        (payloads.ULTRALYTICS, "/0/box/y1", -1e9, "/0/box/y1", "a number from"),
        (payloads.ULTRALYTICS, "/0/box", [1, 2, 3, 4], "/0/box", "can be read in two ways"),
        (payloads.ULTRALYTICS_NORMALISED, "/0/segments/y", [0.1], "/0/segments/y", "a list of 3"),
        (
            payloads.ULTRALYTICS_NORMALISED, "/0/keypoints/visible/1", 1.5,
            "/0/keypoints/visible/1", "0 to 1",
        ),
        (
            payloads.ULTRALYTICS_NORMALISED, "/0/segments/x/2", 50.0,
            "/0/segments/x/2", "are these pixels?",
        ),
        (payloads.COCO, "/0/bbox", [1, 2, 3], "/0/bbox", "a list of 4"),
        (payloads.COCO, "/0/bbox/2", -3, "/0/bbox/2", "not negative"),
        (payloads.COCO, "/0/bbox/0", None, "/0/bbox/0", "a number"),
        (payloads.COCO, "/0/category_id", "18", "/0/category_id", "a number"),
        (payloads.COCO, "/0/category_id", 1.5, "/0/category_id", "a whole number"),
        (payloads.COCO, "/0/image_id", [1], "/0/image_id", "a number"),
        (payloads.COCO, "/0/keypoints", [1, 2], "/0/keypoints", "[x1, y1, v1"),
        (payloads.COCO, "/0/segmentation", [[1, 2, 3]], "/0/segmentation/0", "[x1, y1, x2"),
        (payloads.FRIGATE, "/type", "deleted", "/type", "new, update and end"),
        (payloads.FRIGATE, "/after/id", GONE, "/after", "'id' is missing"),
        (payloads.FRIGATE, "/after/box/2", 400, "/after/box/2", "ends before it begins"),
        (payloads.FRIGATE, "/after/frame_time", 1e12, "/after/frame_time", "a number from 0"),
        (payloads.FRIGATE, "/after/camera", "a\u202eb", "/after/camera", "invisible"),
        (payloads.FRIGATE, "/after/current_zones", "yard", "/after/current_zones", "a list"),
        (payloads.FRIGATE_API, "/0/data/box", [0.1, 0.1], "/0/data/box", "a list of 4"),
        (payloads.ROBOFLOW, "/predictions/0/width", -3, "/predictions/0/width", "not negative"),
        (payloads.ROBOFLOW, "/predictions/0/y", GONE, "/predictions/0", "'y' is missing"),
        (payloads.ROBOFLOW, "/image/width", "wide", "/image/width", "a number"),
        (
            payloads.ROBOFLOW, "/predictions", {"a/b": {"confidence": 3}},
            "/predictions/a~1b/confidence", "0 to 1",
        ),
        (
            payloads.REKOGNITION, "/CustomLabels/0/Geometry/BoundingBox/Left", 12,
            "/CustomLabels/0/Geometry/BoundingBox/Left", "are these pixels?",
        ),
        (
            payloads.REKOGNITION_LABELS, "/Labels/0/Instances/0/Confidence", 101,
            "/Labels/0/Instances/0/Confidence", "from 0 to 100",
        ),
        (payloads.OWN, "/detections/0/score", True, "/detections/0/score", "legal is a number"),
        (payloads.OWN, "/detections/0/box/w", -0.1, "/detections/0/box/w", "or more, not"),
        (payloads.OWN, "/detections/0/box/x", 320, "/detections/0/box/x", "box_space"),
        (payloads.OWN, "/detections/0/box/h", NAN, "/detections/0/box/h", "finite"),
        (payloads.OWN, "/detections/0/polygon/1/0", 99, "/detections/0/polygon/1/0", "box_space"),
        (payloads.OWN, "/detections/0/polygon", [[0, 0]], "/detections/0/polygon", "at least 3"),
        (payloads.OWN, "/detections/0/keypoints/0", [1], "/detections/0/keypoints/0/1", "missing"),
        (payloads.OWN, "/detections/0/extra/hat", [1], "/detections/0/extra/hat", "legal is a"),
        (payloads.OWN, "/detections/1/label", "", "/detections/1/label", "1 or more"),
        (payloads.OWN, "/detections/1/label", "x" * 201, "/detections/1/label", "at most 200"),
        (payloads.OWN, "/detections/1/lable", "x", "/detections/1/lable", "nothing is called"),
        (payloads.OWN, "/time", "2030-01-02T03:04:05", "/time", "timezone"),
        (payloads.OWN, "/source", "", "/source", "1 or more"),
        (payloads.OWN, "/size/width", 0, "/size/width", "or more, not"),
        (payloads.OWN, "/box_space", "cm", "/box_space", "'relative' or 'px'"),
        ({"label": "cat"}, "/score", 2, "/score", "legal is 1.0 or less"),
        ({"label": "cat"}, "/box", {"x": 1}, "/box/y", "is missing in"),
        ({"label": "cat"}, "/sauce", 2, "/sauce", "nothing is called 'sauce' here; legal are"),
        ({"label": "cat"}, "/box", [1, 2, 3, 4], "/box", "can be read in two ways"),
        (payloads.OWN, "/detections/1/box", [1, 2, 3, 4], "/detections/1/box", "x, y, w and h"),
        (payloads.OWN, "/detections/1/bbox", 2, "/detections/1/bbox", "legal are label, score"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(
    payload: Any, pointer: str, value: Any, told_at: str, says: str
) -> None:
    with pytest.raises(InvalidEvent) as caught:
        DetectionProducer("cam").take(changed(payload, pointer, value))

    where, said = caught.value.problems[0]
    assert where == told_at
    assert says in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0 0.5 0.5 0.2", "line 1: 4 numbers are none of"),
        ("0 0.5 0.5 0.2 0.2\n\n1 0.5 0.5 0.2 x", "line 3: 'x' is no number"),
        ("0 0.5 0.5 0.2 0.2 7.5", "line 1: 6 numbers are none of"),
        ("0 0.5 0.5 0.2 0.2 1", "line 1: this can be read in two ways, as a box, then a confid"),
        ("0 0.5 0.5 -0.2 0.2", "line 1: a box's width and height are not negative"),
        ("0 320 240 20 20", "line 1: this is a fraction of the picture"),
        ("0.5 0.5 0.5 0.2 0.2", "line 1: legal is a whole number"),
        ("0 nan 0.5 0.2 0.2", "line 1: 'nan' is no number"),
        ("0 1e999 0.5 0.2 0.2", "line 1: legal is a number from"),
        ("0 0.1 0.1 0.2 0.2 0.3 0.3 1.5", "line 1: 8 numbers are none of"),
        ("0 " + "0.1 " * 4001, "line 1: 4002 numbers are too many"),
    ],
)
def test_a_fault_of_a_text_is_told_with_its_line(text: str, says: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        DetectionProducer("cam").take(text)

    assert caught.value.problems[0][1].startswith(says)


def test_faults_of_several_detections_are_told_together() -> None:
    rows = [{**payloads.COCO[0], "score": score} for score in (0.5, 2, 0.1, "x")]

    with pytest.raises(InvalidEvent) as caught:
        DetectionProducer("cam").take(rows)

    assert [pointer for pointer, _ in caught.value.problems] == ["/1/score", "/3/score"]


@pytest.mark.parametrize(
    "payload",
    [
        payloads.COCO * 1001,
        payloads.ULTRALYTICS * 1001,
        [payloads.ULTRALYTICS] * 1001,
        {"predictions": payloads.ROBOFLOW["predictions"] * 1001},
        "0 0.5 0.5 0.2 0.2\n" * 1001,
        {"detections": [{"label": "cat"}] * 1001},
        {
            "objectsResult": {"values": payloads.AZURE["objectsResult"]["values"] * 900},
            "peopleResult": {"values": payloads.AZURE["peopleResult"]["values"] * 400},
        },
    ],
)
def test_too_many_are_refused(payload: Any) -> None:
    with pytest.raises(InvalidEvent, match=r"at most 1000|legal are 1000"):
        DetectionProducer("cam").take(payload)


def test_only_the_first_faults_of_very_many_are_told() -> None:
    with pytest.raises(InvalidEvent) as caught:
        DetectionProducer("cam").take({"detections": [{"label": ""}] * 1000})

    assert len(caught.value.problems) == 20
