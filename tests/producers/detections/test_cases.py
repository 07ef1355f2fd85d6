"""Bodies as real programs send them: each is read rightly, or refused with both readings named."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from producers.base import InvalidEvent
from producers.detections import DetectionProducer

CASES: Final = Path(__file__).parent / "cases"

POSE = [round(0.4 + step / 100, 2) for step in range(17)]

READ: Final[dict[str, tuple[str, str, list[tuple[Any, ...]]]]] = {
    "azure_3_2_objects_only.json": (
        "azure-vision-3", "relative",
        [("person", 0.931, (25 / 200, 43 / 300, 172 / 200, 140 / 300))],
    ),
    "azure_cv_3_2_objects_tags.json": (
        "azure-vision-3", "relative",
        [("person", 0.931, (25 / 200, 43 / 300, 172 / 200, 140 / 300))],
    ),
    "codeproject_ai.json": ("corners", "px", [("person", 0.92, (10, 99, 190, 201))]),
    "deepstack.json": ("corners", "px", [("person", 0.92, (10, 99, 190, 201))]),
    "doods2.json": ("doods", "relative", [("person", 0.879, (0.2, 0.01, 0.3, 0.97))]),
    "gemini_box_2d.json": ("gemini", "relative", [("cat", None, (0.2, 0.1, 0.2, 0.2))]),
    "google_vision_localized.json": (
        "google-vision", "relative",
        [("Bicycle wheel", 0.896486, (0.320763, 0.789414, 0.11736, 0.183897))],
    ),
    "hf_object_detection.json": (
        "huggingface", "px",
        [("remote", 0.9982, (40, 70, 135, 47)), ("cat", 0.99, (13, 52, 301, 418))],
    ),
    "label_studio.json": ("label-studio", "relative", [("Cat", 0.9, (0.1, 0.2, 0.3, 0.4))]),
    "list_of_own_detections.json": (
        "eventwall", "relative",
        [("person", 0.9, (0.1, 0.1, 0.2, 0.5)), ("dog", 0.8, (0.5, 0.5, 0.2, 0.2))],
    ),
    "rekognition_facematches.json": (
        "rekognition", "relative", [("bob", 0.99, (0.3, 0.1, 0.1, 0.2))],
    ),
    "roboflow_lookalike_corners.json": ("corners", "px", [("dog", 0.9, (10, 20, 100, 200))]),
    "roboflow_string_sizes.json": (
        "roboflow", "relative",
        [("helmet", 0.544, (108 / 2048, 7 / 1371, 163 / 2048, 186 / 1371))],
    ),
    "roboflow_workflow.json": (
        "roboflow", "relative",
        [("helmet", 0.544, (108 / 640, 7 / 480, 163 / 640, 186 / 480))],
    ),
    "supervision_JSONSink.json": ("corners", "px", [("person", 0.9, (10, 20, 100, 200))]),
    "tfjs_coco_ssd.json": ("coco-ssd", "px", [("person", 0.83, (10.5, 20.2, 100.1, 200.9))]),
    "torchvision_raw.json": ("parallel-lists", "px", [("person", 0.98, (10, 20, 100, 200))]),
    "ultralytics_normalised_just_over_1.json": (
        "ultralytics", "relative", [("person", 0.9, (0.2, 0.1, 0.8, 0.8))],
    ),
    "yolo_obb_conf_track_id_1.txt": (
        "yolo-txt", "relative", [("class 0", 0.9, (0.1, 0.1, 0.2, 0.2))],
    ),
    "yolo_pose_txt.txt": ("yolo-txt", "relative", [("class 0", None, (0.4, 0.2, 0.2, 0.6))]),
    "yolo_pose_txt_conf.txt": ("yolo-txt", "relative", [("class 0", 0.88, (0.4, 0.2, 0.2, 0.6))]),
    "yolov5_pandas_records.json": (
        "corners", "px",
        [("person", 0.874, (749.5, 43.5, 398.5, 661)), ("tie", 0.688, (433.5, 433.5, 84, 281))],
    ),
}  # fmt: skip
"""By file: the format, the space of its boxes, and each label, score and box."""

REFUSED: Final = {
    "coco_dataset.json": ("", "a COCO data set"),
    "coco_normalised.json": ("/0/bbox", "?box_space=relative"),
    "own_with_bbox.json": (
        "/detections/0/bbox",
        "as [left, top, width, height] or as [left, top, right, bottom]",
    ),
    "yolo_box_track_no_conf.txt": ("", "as a box, then a confidence, or as a box, then a track id"),
}

TAGGED: Final = {"hf_image_classification.json": "huggingface"}


def sent(name: str) -> Any:
    text = (CASES / name).read_text()
    return json.loads(text) if name.endswith(".json") else text


def data_of(name: str, **options: Any) -> dict[str, Any]:
    producer = DetectionProducer("cam", DetectionProducer.Options(**options))
    (event,) = producer.take(sent(name)).events
    return dict(event.data)


def test_each_case_has_an_outcome() -> None:
    assert {path.name for path in CASES.iterdir()} == {*READ, *REFUSED, *TAGGED}


@pytest.mark.parametrize("name", READ)
def test_a_case_is_read(name: str) -> None:
    named, space, things = READ[name]

    data = data_of(name, categories={1: "person"} if name.startswith("torch") else {})

    assert (data["format"], data["box_space"]) == (named, space)
    assert len(data["detections"]) == len(things)
    for seen, (label, score, sides) in zip(data["detections"], things, strict=True):
        assert (seen["label"], seen.get("score")) == (label, score)
        assert tuple(seen["box"].values()) == pytest.approx(sides, abs=1e-5)


@pytest.mark.parametrize("name", REFUSED)
def test_a_case_is_refused(name: str) -> None:
    where, says = REFUSED[name]

    with pytest.raises(InvalidEvent) as caught:
        data_of(name)

    assert caught.value.problems[0][0] == where
    assert says in caught.value.problems[0][1]


def test_tags_of_azure_are_kept_as_tags() -> None:
    tags = data_of("azure_cv_3_2_objects_tags.json")["tags"]

    assert tags == [{"label": "grass", "score": 0.99}]


@pytest.mark.parametrize("name", ["yolo_pose_txt.txt", "yolo_pose_txt_conf.txt"])
def test_a_pose_keeps_its_keypoints_and_is_no_outline(name: str) -> None:
    (seen,) = data_of(name)["detections"]

    assert [x for x, _, _ in seen["keypoints"]] == POSE
    assert {score for _, _, score in seen["keypoints"]} == {0.9}
    assert "polygon" not in seen


def test_an_oriented_box_is_not_told_with_the_track_as_a_corner() -> None:
    (seen,) = data_of("yolo_obb_conf_track_id_1.txt")["detections"]

    assert seen["polygon"] == [[0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.1, 0.3]]
    assert seen["track_id"] == "1"


def test_normalized_vertices_are_a_polygon_too() -> None:
    (seen,) = data_of("google_vision_localized.json")["detections"]

    assert seen["polygon"][0] == [0.320763, 0.789414]
    assert len(seen["polygon"]) == 4


def test_classes_of_a_picture_are_one_event_the_surest_first() -> None:
    data = data_of("hf_image_classification.json")

    assert [tag["label"] for tag in data["tags"]] == ["tabby cat", "tiger cat", "lynx"]
    assert data["text"] == "tabby cat 93%, tiger cat 4%, lynx 1%"


def test_a_size_in_texts_is_a_size() -> None:
    assert data_of("roboflow_string_sizes.json")["size"] == {"width": 2048, "height": 1371}


def test_percent_are_of_the_original_size() -> None:
    assert data_of("label_studio.json")["size"] == {"width": 600, "height": 403}
