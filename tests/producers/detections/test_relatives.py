"""Relatives of the cases: other programs of the same families, other spellings, other tables."""

from math import cos, pi, sin
from typing import Any, Final

import pytest

from producers.base import InvalidEvent
from producers.detections import DetectionProducer
from producers.detections.query_params import Hints
from producers.pictures import Picture

ROW: Final = {
    "xmin": 749.5, "ymin": 43.5, "xmax": 1148.0, "ymax": 704.5,
    "confidence": 0.874, "class": 0, "name": "person",
}  # fmt: skip
TABLES: Final[dict[str, Any]] = {
    "records": [ROW],
    "columns": {name: {"0": value} for name, value in ROW.items()},
    "index": {"0": ROW},
    "split": {"columns": [*ROW], "index": [0], "data": [[*ROW.values()]]},
    "table": {"schema": {"fields": []}, "data": [{"index": 0, **ROW}]},
    "list": {name: [value] for name, value in ROW.items()},
}


def taken(value: Any, options: dict[str, Any] | None = None, **hints: Any) -> dict[str, Any]:
    producer = DetectionProducer("cam", DetectionProducer.Options.model_validate(options or {}))
    (event,) = producer.take(value, Hints(**hints)).events
    return dict(event.data)


def first(value: Any, **hints: Any) -> tuple[Any, ...]:
    """Return format, space, label, score and box of the first thing."""
    data = taken(value, **hints)
    seen = data["detections"][0]
    sides = tuple(round(side, 4) for side in seen["box"].values())
    return data["format"], data["box_space"], seen["label"], seen.get("score"), sides


@pytest.mark.parametrize("orient", TABLES)
def test_a_data_frame_is_its_rows_in_any_orientation(orient: str) -> None:
    assert first(TABLES[orient]) == (
        "corners", "px", "person", 0.874, (749.5, 43.5, 398.5, 661.0)
    )  # fmt: skip


def test_a_fault_in_a_data_frame_is_told_with_its_row() -> None:
    broken = {name: {"0": value, "1": value} for name, value in ROW.items()}
    broken["confidence"]["1"] = 7

    with pytest.raises(InvalidEvent, match=r"in its rows, /1/confidence: a score is 0 to 1"):
        taken(broken)


def test_a_data_frame_of_another_format_is_that_format() -> None:
    frame = {
        "name": {"0": "person"},
        "class": {"0": 0},
        "confidence": {"0": 0.9},
        "box": {"0": {"x1": 10.0, "y1": 20.0, "x2": 110.0, "y2": 220.0}},
    }

    assert first(frame) == ("ultralytics", "px", "person", 0.9, (10, 20, 100, 200))


VOC: Final = {"name": "dog", "bndbox": {"xmin": "50", "ymin": "75", "xmax": "150", "ymax": "225"}}
FOUR: Final = [10, 20, 110, 220]
HUB: Final = {
    "detection_boxes": [[[0.2, 0.1, 0.6, 0.5], [0, 0, 1, 1]]], "detection_scores": [[0.9, 0.0]],
    "detection_classes": [[18.0, 1.0]], "num_detections": [1.0],
    "raw_detection_boxes": [[[0.2, 0.1, 0.6, 0.5]]], "detection_multiclass_scores": [[[0.1, 0.9]]],
}  # fmt: skip
"""As a model of TensorFlow Hub answers: one list more around each."""
SAID: Final = (10, 20, 100, 200)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ([{"xcenter": 60, "ycenter": 120, "width": 100, "height": 200, "name": "a"}],
         ("corners", "px", "a", None, SAID)),
        ([{"xmin": 0.1, "ymin": 0.2, "xmax": 0.5, "ymax": 0.6, "name": "a"}],
         ("corners", "relative", "a", None, (0.1, 0.2, 0.4, 0.4))),
        ([{"x_min": "10", "y_min": "20", "x_max": "110", "y_max": "220", "class_id": "3",
           "confidence": "0.9", "tracker_id": "", "frame": 1}],
         ("corners", "px", "class 3", 0.9, SAID)),
        ({"detections": [{"label": "a", "confidence": 0.9,
                          "bbox": {"left": 10, "top": 20, "width": 100, "height": 200}}]},
         ("corners", "px", "a", 0.9, SAID)),
        ({"annotation": {"size": {"width": "500", "height": "300"}, "object": VOC}},
         ("corners", "relative", "dog", None, (0.1, 0.25, 0.2, 0.5))),
        ({"annotation": {"size": {"width": "500", "height": "300"}, "object": [VOC]}},
         ("corners", "relative", "dog", None, (0.1, 0.25, 0.2, 0.5))),
        ([{"frame_id": 1, "objects": [{"class_id": 16, "name": "dog", "confidence": 0.9,
           "relative_coordinates": {"center_x": 0.3, "center_y": 0.5, "width": 0.2,
                                    "height": 0.3}}]}],
         ("corners", "relative", "dog", 0.9, (0.2, 0.35, 0.2, 0.3))),
        ({"success": True, "predictions": [{"userid": "bob", "confidence": 0.9, "x_min": 10,
                                            "y_min": 20, "x_max": 110, "y_max": 220}]},
         ("corners", "px", "bob", 0.9, SAID)),
        ({"success": True, "predictions": [{"confidence": 0.9, "x_min": 10, "y_min": 20,
                                            "x_max": 110, "y_max": 220}]},
         ("corners", "px", "face", 0.9, SAID)),
        ({"name": "a", "class": 0, "confidence": 0.9,
          "box": {"x1": 10, "y1": 20, "x2": 110, "y2": 220}}, ("corners", "px", "a", 0.9, SAID)),
        ([{"label": "a", "xyxy": FOUR}], ("corners", "px", "a", None, SAID)),
        ({"xyxy": [FOUR], "confidence": [0.9], "class_id": [0], "tracker_id": None,
          "data": {"class_name": ["person"]}}, ("parallel-lists", "px", "person", 0.9, SAID)),
        ({"pred_boxes": [FOUR], "scores": [0.9], "pred_classes": [0]},
         ("parallel-lists", "px", "class 0", 0.9, SAID)),
        ({"predictions": [{"labels": [0], "scores": [0.9], "bboxes": [FOUR]}]},
         ("parallel-lists", "px", "class 0", 0.9, SAID)),
        ({"<OD>": {"bboxes": [FOUR], "labels": ["car"]}},
         ("parallel-lists", "px", "car", None, SAID)),
        ({"predictions": [{"num_detections": 1, "detection_boxes": [[0.1, 0.2, 0.5, 0.6]],
                           "detection_scores": [0.9], "detection_classes": [3]}]},
         ("parallel-lists", "relative", "class 3", 0.9, (0.2, 0.1, 0.4, 0.4))),
        (HUB, ("parallel-lists", "relative", "class 18", 0.9, (0.1, 0.2, 0.4, 0.4))),
        ([{"faceId": "x", "faceRectangle": {"top": 20, "left": 10, "width": 100, "height": 200}}],
         ("corners", "px", "face", None, SAID)),
        ({"objects": [{"label": "car", "bbox": {"topleftx": 10, "toplefty": 20,
                                                "bottomrightx": 110, "bottomrighty": 220}}]},
         ("corners", "px", "car", None, SAID)),
        ({"predictions": [{"displayNames": ["cat"], "confidences": [0.9],
                           "bboxes": [[0.1, 0.3, 0.2, 0.6]]}]},
         ("parallel-lists", "relative", "cat", 0.9, (0.1, 0.2, 0.2, 0.4))),
        ({"predictions": [{"bbox": [10, 20, 100, 200], "class": "dog", "score": 0.8}]},
         ("coco-ssd", "px", "dog", 0.8, SAID)),
        ({"image_id": 1, "category_id": 3, "bbox": [10, 20, 100, 200], "score": 0.8},
         ("coco", "px", "category 3", 0.8, SAID)),
        ({"localized_object_annotations": [{"name": "a", "score": 0.5, "bounding_poly": {
            "normalized_vertices": [{"x": 0.2}, {"x": 0.2, "y": 0.3}, {"y": 0.3}, {}]}}]},
         ("google-vision", "relative", "a", 0.5, (0, 0, 0.2, 0.3))),
        ({"detections": [{"bounding_box": {"origin_x": 10, "origin_y": 20, "width": 100,
                                           "height": 200},
                          "categories": [{"score": 0.7, "category_name": "dog"}]}]},
         ("mediapipe", "px", "dog", 0.7, SAID)),
        ({"shapes": [{"label": "a", "shape_type": "rectangle", "points": [[110, 20], [10, 220]]}],
          "imageWidth": 200, "imageHeight": 400},
         ("labelme", "relative", "a", None, (0.05, 0.05, 0.5, 0.5))),
        ([{"confidence": "0.9", "label": "a", "points": FOUR, "type": "rectangle"}],
         ("cvat", "px", "a", 0.9, SAID)),
        ({"box_2d": [100, 200, 300, 400], "label": "cat"},
         ("gemini", "relative", "cat", None, (0.2, 0.1, 0.2, 0.2))),
        ([{"id": 1, "data": {}, "predictions": [], "annotations": [{"result": [{
            "original_width": 600, "original_height": 300, "value": {
                "x": 50, "y": 20, "width": 30, "height": 40, "rotation": 90,
                "rectanglelabels": ["Cat"]}}]}]}],
         ("label-studio", "relative", "Cat", None, (0.3, 0.2, 0.2, 0.6))),
        ([{"positions": {"image": {"width": 200, "height": 100}, "predictions": [
            {"x": 50, "y": 50, "width": 20, "height": 20, "class": "a", "confidence": 0.5}]}}],
         ("roboflow", "relative", "a", 0.5, (0.2, 0.4, 0.1, 0.2))),
        ({"SearchedFaceBoundingBox": {"Left": 0.3, "Top": 0.1, "Width": 0.1, "Height": 0.2},
          "SearchedFaceConfidence": 99.0, "FaceMatches": []},
         ("rekognition", "relative", "face", 0.99, (0.3, 0.1, 0.1, 0.2))),
        ({"SourceImageFace": {"BoundingBox": {"Left": 0, "Top": 0, "Width": 1, "Height": 1}},
          "FaceMatches": [{"Similarity": 90.0, "Face": {"BoundingBox": {
              "Left": 0.3, "Top": 0.1, "Width": 0.1, "Height": 0.2}}}]},
         ("rekognition", "relative", "face", 0.9, (0.3, 0.1, 0.1, 0.2))),
        ({"CelebrityFaces": [{"Name": "Ada", "MatchConfidence": 90.0, "Face": {"BoundingBox": {
            "Left": 0.3, "Top": 0.1, "Width": 0.1, "Height": 0.2}}}]},
         ("rekognition", "relative", "Ada", 0.9, (0.3, 0.1, 0.1, 0.2))),
        ({"modelVersion": "1", "metadata": {"width": 100, "height": 100}, "readResult": {
            "blocks": [{"lines": [{"text": "EXIT", "words": [], "boundingPolygon": [
                {"x": 10, "y": 20}, {"x": 60, "y": 20}, {"x": 60, "y": 40}]}]}]}},
         ("azure-vision", "relative", "EXIT", None, (0.1, 0.2, 0.5, 0.2))),
    ],
)  # fmt: skip
def test_a_relative_is_read(value: Any, read: tuple[Any, ...]) -> None:
    assert first(value) == read


TWO: Final = "can be read in two ways"


@pytest.mark.parametrize(
    ("value", "where", "says"),
    [
        ([{"label": "a", "score": 0.9, "bbox": FOUR}], "/0/bbox", TWO),
        ([{"class": "a", "confidence": 0.9, "bbox": FOUR}], "/0/bbox", TWO),
        ({"label": "a", "box": FOUR}, "/box", TWO),
        ({"boxes": [FOUR], "confidences": [0.9], "class_ids": [0]}, "/boxes", TWO),
        ({"predictions": [{"label": "a", "x": 9, "y": 9, "width": 5, "height": 4}]},
         "/predictions/0", "left top corner or as its centre"),
        ([{"image_id": 1, "category_id": 1, "bbox": [0.2, 0.1, 1.00001, 0.9]}],
         "/0/bbox", "fractions of the picture"),
        ({"predictions": [{"x": 0.5, "y": 0.5, "width": 0.2, "height": 0.2, "class": "a",
                           "confidence": 0.9}]}, "/predictions/0", "fractions of the picture"),
        ([{"bbox": [0.1, 0.2, 0.3, 0.4], "class": "a", "score": 0.9}],
         "/0/bbox", "fractions of the picture"),
        ([{"image_id": 1, "category_id": 1, "segmentation": [[0.1, 0.1, 0.5, 0.1, 0.5, 0.5]]}],
         "", "fractions of the picture"),
        ([{"box_2d": [100, 200, 1300, 400], "label": "cat"}], "/0/box_2d/2", "thousandths"),
        ({"id": "t", "detections": [{"top": 10, "left": 20, "bottom": 98, "right": 50,
                                     "label": "a", "confidence": 87.9}]},
         "/detections/0/left", "are these pixels?"),
        ([{"name": "a", "confidence": 0.9, "class": 0, "box": {"x1": 1, "y1": 2, "x2": 30,
           "y2": 40}, "rotated_box": {"cx": 3, "cy": 4}}],
         "/0/rotated_box", "looks like a place on the picture"),
        ({"Labels": [{"Name": "Car", "Confidence": 90.0, "Geometry": {"BoundingBox": {
            "Left": 0.1, "Top": 0.1, "Width": 0.1, "Height": 0.1}}}]},
         "/Labels/0/Geometry", "looks like a place on the picture"),
        ({"shapes": [{"label": "a", "shape_type": "circle", "points": [[1, 2], [3, 4]]}],
          "imageWidth": 9, "imageHeight": 9}, "/shapes/0/shape_type", "of 2 points, legal are"),
        ([{"label": "a", "type": "rectangle", "points": FOUR, "rotation": 30}],
         "/0/rotation", "a turned shape is not read"),
        ({"tags": [], "shapes": [{"label": "a", "type": "rectangle", "points": FOUR}],
          "tracks": [{"shapes": [{"points": FOUR}]}]},
         "/tracks/0/shapes/0/points", "looks like a place on the picture"),
        ([{"label": "a", "type": "ellipse", "points": FOUR}],
         "/0/type", "of 4 numbers, legal are rectangle"),
        ({"SearchedFaceId": "x", "FaceMatches": [{"Similarity": 98.0, "Face": {}}]},
         "", "'SearchedFaceBoundingBox' is missing"),
        ({"textAnnotations": [{"description": "a", "boundingPoly": {"vertices": [
            {"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]}}],
          "localizedObjectAnnotations": [{"name": "a", "boundingPoly": {"normalizedVertices": [
              {"x": 0.1, "y": 0.1}, {"x": 0.2, "y": 0.1}, {"x": 0.2, "y": 0.3}]}}]},
         "", "say the picture's size"),
        ([{"result": [{"value": {"x": 1, "y": 2, "radiusX": 3, "ellipselabels": ["a"]}}]}],
         "/0/result/0/value", "legal is a value with rectanglelabels"),
        ({"predictions": [{"confidence": 0.9, "x_min": 1, "y_min": 2, "x_max": 30, "y_max": 40}]},
         "/predictions/0", "no label, class or name"),
        ([[749.5, 43.5, 1148.0, 704.5, 0.87, 0, "person"]], "", "this is none of"),
        ([{"bbox_2d": FOUR, "label": "cat"}], "/0", "this is none of"),
    ],
)  # fmt: skip
def test_a_relative_is_refused(value: Any, where: str, says: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        taken(value)

    assert caught.value.problems[0][0] == where
    assert says in caught.value.problems[0][1]


@pytest.mark.parametrize(
    ("boxes", "sides"),
    [("xyxy", (10, 20, 100, 200)), ("xywh", (10, 20, 110, 220)), ("cxcywh", (-45, -90, 110, 220))],
)
def test_what_four_numbers_are_can_be_said(boxes: Any, sides: tuple[int, ...]) -> None:
    assert first([{"label": "a", "score": 0.9, "bbox": FOUR}], boxes=boxes)[4] == sides
    parallel = {"boxes": [FOUR], "confidences": [0.9], "class_ids": [0]}
    assert first(parallel, boxes=boxes)[4] == sides
    assert taken({"label": "a", "box": FOUR}, {"boxes": boxes})["format"] == "corners"


def test_whether_x_is_a_corner_or_the_centre_can_be_said() -> None:
    thing = [{"label": "a", "x": 60, "y": 120, "width": 100, "height": 200}]

    assert first(thing, boxes="cxcywh")[4] == (10, 20, 100, 200)
    assert first(thing, boxes="xywh")[4] == (60, 120, 100, 200)


BOX_OF_AWS: Final = {"Left": 0.3, "Top": 0.1, "Width": 0.1, "Height": 0.2}


@pytest.mark.parametrize(
    "whole",
    [
        {"Labels": [{"Name": "Car", "Confidence": 98.0, "Parents": [], "Instances": [
            {"BoundingBox": BOX_OF_AWS, "DominantColors": [{"Red": 1, "PixelPercent": 2.0}]}]}],
         "ImageProperties": {"Foreground": {"Quality": {"Sharpness": 1.0}}}},
        {"FaceDetails": [{"BoundingBox": BOX_OF_AWS, "Confidence": 99.0,
                          "Pose": {"Roll": 1.0, "Yaw": 2.0}, "EyeDirection": {"Yaw": 1.0}}]},
        {"FaceRecords": [{"Face": {"BoundingBox": BOX_OF_AWS, "Confidence": 99.0},
                          "FaceDetail": {"BoundingBox": BOX_OF_AWS, "Confidence": 99.0}}]},
        {"type": "update", "before": {"id": "a", "box": [1, 2, 3, 4]}, "after": {
            "id": "a", "camera": "c", "label": "person", "start_time": 1.0, "end_time": None,
            "box": [424, 500, 536, 712], "region": [264, 450, 667, 853],
            "snapshot": {"box": [1, 2, 30, 40], "region": [0, 0, 300, 300]},
            "current_attributes": [{"label": "face", "box": [442, 506, 534, 524]}],
            "path_data": [[[0.5, 0.5], 1.0]]}},
        {"modelVersion": "1", "metadata": {"width": 100, "height": 100},
         "smartCropsResult": {"values": [{"boundingBox": {"x": 1, "y": 2, "w": 30, "h": 40}}]},
         "objectsResult": {"values": [{"boundingBox": {"x": 1, "y": 2, "w": 30, "h": 40},
                                       "tags": [{"name": "p", "confidence": 0.9}]}]}},
        {"requestId": "x", "metadata": {"width": 100, "height": 100}, "categories": [
            {"name": "building_", "score": 0.9, "detail": {
                "landmarks": [{"name": "Tower", "confidence": 0.9}],
                "celebrities": [{"name": "Ada", "confidence": 0.9, "faceRectangle": {
                    "left": 1, "top": 2, "width": 30, "height": 40}}]}}]},
        {"responses": [{"logoAnnotations": [{"description": "X", "score": 0.9, "boundingPoly": {
            "vertices": [{"x": 1, "y": 2}, {"x": 90, "y": 2}, {"x": 90, "y": 80}]}}],
            "cropHintsAnnotation": {"cropHints": [{"boundingPoly": {"vertices": [{"x": 1}]}}]}}]},
        [{"image_id": 1, "category_id": 1, "keypoints": [10, 20, 2], "center": [1.5, 2.5]}],
    ],
)  # fmt: skip
def test_what_else_a_maker_tells_of_places_is_no_thing_that_was_seen(whole: Any) -> None:
    assert len(taken(whole)["detections"]) == 1


def test_fractions_beside_pixels_need_the_picture_that_came_along() -> None:
    face = {
        "categories": [{"score": 0.9, "categoryName": ""}],
        "boundingBox": {"originX": 64, "originY": 48, "width": 64, "height": 96},
        "keypoints": [{"x": 0.15, "y": 0.2}],
    }
    picture = Picture("0" * 32 + ".jpg", 640, 480)

    with pytest.raises(InvalidEvent, match="say the picture's size"):
        taken({"detections": [face]})
    (event,) = DetectionProducer("cam").take({"detections": [face]}, picture=picture).events

    data: Any = event.data
    assert data["detections"] == [
        {
            "label": "face",
            "score": 0.9,
            "box": {"x": 0.1, "y": 0.1, "w": 0.1, "h": 0.2},
            "keypoints": [[0.15, 0.2, None]],
        }
    ]


def contour(middle: float, count: int = 40) -> str:
    turns = [2 * pi * step / count for step in range(count)]
    return " ".join(f"{middle + 0.05 * cos(t):.6f} {middle + 0.08 * sin(t):.6f}" for t in turns)


BOX: Final = "0.5 0.5 0.2 0.6"
MARKS: Final = " ".join(f"{0.4 + i / 100:.3f} {0.3 + i / 50:.3f} 0.9" for i in range(17))
PAIRS: Final = " ".join(
    f"{0.4 + i * 7 % 17 / 100:.3f} {0.3 + i * 5 % 17 / 50:.3f}" for i in range(17)
)
TURNED: Final = "0.5 0.2 0.6 0.4 0.4 0.6 0.3 0.4"


@pytest.mark.parametrize(
    ("line", "has", "score", "track"),
    [
        (f"{BOX} 7", (), None, "7"),
        (f"{BOX} 0.9 1", (), 0.9, "1"),
        (f"{TURNED}", ("polygon",), None, None),
        (f"{TURNED} 0.9", ("polygon",), 0.9, None),
        (f"{TURNED} 5", ("polygon",), None, "5"),
        (f"{TURNED} 0.9 1", ("polygon",), 0.9, "1"),
        (f"{BOX} {MARKS} 0.88 1", ("keypoints",), 0.88, "1"),
        (f"{BOX} {MARKS} 12", ("keypoints",), None, "12"),
        (contour(0.5), ("polygon",), None, None),
        (f"{contour(0.5)} 0.9", ("polygon",), 0.9, None),
        (f"{contour(0.5)} 0.9 1", ("polygon",), 0.9, "1"),
        (contour(0.5, 900), ("polygon",), None, None),
        ("0.2 0.5 0.4 0.3 0.6 0.5 0.7 1 0.3 1", ("polygon",), None, None),
    ],
)
def test_a_line_of_yolo_is_what_its_numbers_can_only_be(
    line: str, has: tuple[str, ...], score: float | None, track: str | None
) -> None:
    (seen,) = taken(f"0 {line}\n")["detections"]

    assert set(seen) & {"polygon", "keypoints"} == set(has)
    assert (seen.get("score"), seen.get("track_id")) == (score, track)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f"{BOX} 1", "as a box, then a confidence, or as a box, then a track id"),
        (f"{TURNED} 1", "as an outline of 4 points, then a confidence, or as an outline of 4"),
        (f"{BOX} {MARKS} 1", "as a box with 17 keypoints of x, y and visibility, then a conf"),
        (f"{BOX} 0.5 0.4 0.9", "as an outline of 3 points, then a confidence, or as a box with 1"),
        (f"{BOX} {PAIRS}", "or as a box with 17 keypoints of x and y"),
    ],
)
def test_a_line_of_yolo_with_two_readings_names_both(line: str, says: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        taken(f"0 {line}\n")

    assert says in caught.value.problems[0][1]


def test_the_lines_beside_it_tell_what_the_last_number_is() -> None:
    tracks = taken(f"0 {BOX} 1\n0 {BOX} 2\n")["detections"]
    scores = taken(f"0 {BOX} 1\n0 {BOX} 0.9\n")["detections"]

    assert [seen["track_id"] for seen in tracks] == ["1", "2"]
    assert [seen["score"] for seen in scores] == [1.0, 0.9]
