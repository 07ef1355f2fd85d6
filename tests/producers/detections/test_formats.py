"""What else formats tell besides boxes: tags, captions, tracks, times, ids, states."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from producers.base import InvalidEvent
from producers.detections import DetectionProducer
from producers.detections.detect_format import FORMATS, format_named
from tests.producers.detections import payloads


def taken(payload: Any, **options: Any) -> list[Any]:
    producer = DetectionProducer("cam", DetectionProducer.Options(**options))
    return producer.take(payload).events


def data_of(payload: Any, **options: Any) -> Any:
    (event,) = taken(payload, **options)
    return event.data


def labels(data: Any) -> list[str]:
    return [seen["label"] for seen in data["detections"]]


def test_every_format_has_a_published_payload() -> None:
    assert list(payloads.ALL) == [known.name for known in FORMATS]


@pytest.mark.parametrize(
    ("name", "payload"), [(name, one) for name, all_ in payloads.ALL.items() for one in all_]
)
def test_a_published_payload_is_known_by_its_shape_and_by_its_name(name: str, payload: Any) -> None:
    producer, told = (
        DetectionProducer("cam"),
        DetectionProducer("cam", DetectionProducer.Options(format=name)),
    )

    by_shape, by_name = producer.take(payload), told.take(payload)

    assert (by_shape.format, by_name.format) == (name, name)
    assert [event.data for event in by_shape.events] == [event.data for event in by_name.events]
    assert [event.data["format"] for event in by_shape.events] == [name]


def test_azure_vision_tells_tags_and_a_caption() -> None:
    data = data_of(payloads.AZURE)

    assert data["caption"] == "a group of people"
    assert data["tags"] == [{"label": "outdoor", "score": 0.99}]
    assert data["text"] == "1 helmet, 1 person: a group of people"


def test_azure_vision_guesses_people_who_are_left_out_unless_asked_for() -> None:
    assert labels(data_of(payloads.AZURE)) == ["helmet", "person"]
    assert labels(data_of(payloads.AZURE, min_score=0)) == ["helmet", "person", "person"]
    assert labels(data_of(payloads.AZURE, min_score=0.9)) == ["person"]


def test_azure_vision_custom_models_have_objects_of_their_own() -> None:
    payload = {
        "modelVersion": "latest",
        "metadata": {"width": 100, "height": 100},
        "customModelResult": {
            "objectsResult": {
                "values": [
                    {
                        "id": "1",
                        "boundingBox": {"x": 10, "y": 20, "w": 30, "h": 40},
                        "tags": [{"name": "crate", "confidence": 0.7}],
                    }
                ]
            },
            "tagsResult": {"values": [{"name": "warehouse", "confidence": 0.8}]},
        },
    }

    data = data_of(payload)

    assert labels(data) == ["crate"]
    assert data["tags"] == [{"label": "warehouse", "score": 0.8}]


def test_azure_vision_without_any_result_has_seen_nothing() -> None:
    data = data_of({"modelVersion": "2023-10-01", "metadata": {"width": 9, "height": 9}})

    assert (data["detections"], data["text"]) == ([], "nothing detected")


def test_azure_vision_captions_parts_of_the_picture_and_the_whole() -> None:
    data = data_of(payloads.AZURE_REGIONS)

    (part,) = data["detections"]
    assert (part["label"], part["score"]) == ("a trailer with a door and windows", 0.667507)
    assert part["box"] == {"x": 0.334375, "y": 0.678125, "w": 0.240625, "h": 0.16875}
    assert data["caption"] == "a house in the woods"
    assert data_of(payloads.AZURE_REGIONS | {"captionResult": {"text": "a hut"}})["caption"] == (
        "a hut"
    )


def test_custom_vision_tells_its_time_and_its_id() -> None:
    (event,) = taken(payloads.CUSTOM_VISION)

    assert event.time == datetime(2019, 3, 10, 6, 10, 28, tzinfo=UTC)
    assert event.data["id"] == payloads.CUSTOM_VISION["id"]


def test_classes_of_a_whole_picture_are_tags() -> None:
    custom_vision = deepcopy(payloads.CUSTOM_VISION)
    del custom_vision["predictions"][0]["boundingBox"]
    ultralytics = [{"name": "tabby", "class": 281, "confidence": 0.8}]
    several = {"image": {"width": 9, "height": 9}, "predictions": {"bent": {"confidence": 0.9}}}

    assert data_of(custom_vision)["tags"] == [{"label": "Tag 1", "score": 0.051497}]
    assert data_of(ultralytics)["tags"] == [{"label": "tabby", "score": 0.8}]
    assert data_of(payloads.ROBOFLOW_CLASSES)["text"] == "real-image 71%"
    assert data_of(several)["tags"] == [{"label": "bent", "score": 0.9}]


def test_rekognition_labels_are_tags_unless_they_have_instances() -> None:
    data = data_of(payloads.REKOGNITION_LABELS)

    assert labels(data) == ["Car"]
    assert data["tags"] == [{"label": "Road", "score": 0.999}]


def test_rekognition_tells_faces_and_texts_and_what_to_moderate() -> None:
    place = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
    corners = [{"X": 0.1, "Y": 0.2}, {"X": 0.4, "Y": 0.2}, {"X": 0.4, "Y": 0.6}]
    payload = {
        "FaceDetails": [
            {
                "BoundingBox": place,
                "Confidence": 99.0,
                "Landmarks": [{"Type": "nose", "X": 0.2, "Y": 0.3}],
            }
        ],
        "TextDetections": [
            {
                "DetectedText": "EXIT",
                "Confidence": 90.0,
                "Geometry": {"BoundingBox": place, "Polygon": corners},
            }
        ],
        "ModerationLabels": [{"Name": "Smoking", "Confidence": 80.0, "ParentName": ""}],
    }

    data = data_of(payload)

    face, text = data["detections"]
    assert (face["label"], face["keypoint_names"]) == ("face", ["nose"])
    assert face["keypoints"] == [[0.2, 0.3, None]]
    assert (text["label"], text["polygon"]) == ("EXIT", [[0.1, 0.2], [0.4, 0.2], [0.4, 0.6]])
    assert data["tags"] == [{"label": "Smoking", "score": 0.8}]


def test_rekognition_tells_who_wears_what_for_protection() -> None:
    person, cover = data_of(payloads.REKOGNITION_PROTECTION)["detections"]

    assert (person["label"], person["score"]) == ("person", 0.986568)
    assert person["box"]["h"] == pytest.approx(0.503817)
    assert (cover["label"], cover["score"]) == ("HEAD_COVER", 0.605732)
    assert cover["box"]["x"] == pytest.approx(0.665542)
    assert cover["extra"] == {"body_part": "HEAD", "covers": True}


def test_rekognition_persons_of_a_video_are_refused_for_they_stand_elsewhere() -> None:
    tracked = {"Persons": [{"Timestamp": 40, "Person": {"Index": 0, "Confidence": 99.0}}]}

    with pytest.raises(InvalidEvent) as caught:
        taken(tracked)

    assert caught.value.problems[0][0] == "/Persons/0"
    assert caught.value.problems[0][1].startswith("'BoundingBox' is missing")


def test_ultralytics_hosted_tells_the_size_of_each_picture() -> None:
    image = payloads.ULTRALYTICS_HOSTED["images"][0]
    unshaped = {"results": image["results"]}

    first, second, third = taken({"images": [image, {"shape": [9, 9], "results": []}, unshaped]})

    assert first.data["size"] == {"width": 1920, "height": 1080}
    assert first.data["detections"][0]["box"] == {
        "x": 0.052083, "y": 0.046296, "w": 0.104167, "h": 0.324074,
    }  # fmt: skip
    assert (second.data["text"], second.data["detections"]) == ("nothing detected", [])
    assert third.data["box_space"] == "px"


def test_ultralytics_tracks_are_kept() -> None:
    assert data_of(payloads.ULTRALYTICS)["detections"][0]["track_id"] == "7"


def test_ultralytics_of_several_pictures_is_an_event_each() -> None:
    events = taken([payloads.ULTRALYTICS, [], payloads.ULTRALYTICS_NORMALISED])

    assert [labels(event.data) for event in events] == [["person"], [], ["person"]]
    assert [event.data["box_space"] for event in events] == ["px", "relative", "relative"]


@pytest.mark.parametrize("nothing", [[], [[]]])
def test_ultralytics_that_saw_nothing_is_a_picture_too(nothing: Any) -> None:
    (event,) = taken(nothing)

    assert event.data["format"] == "ultralytics"
    assert event.data["text"] == "nothing detected"


def test_an_ultralytics_mask_of_too_few_points_is_no_outline() -> None:
    payload = deepcopy(payloads.ULTRALYTICS_NORMALISED)
    payload[0]["segments"] = {"x": [0.5, 0.6], "y": [0.5, 0.6]}

    assert "polygon" not in data_of(payload)["detections"][0]


def test_coco_rows_are_an_event_for_each_image() -> None:
    rows = [{**payloads.COCO[0], "image_id": image} for image in (42, 7, 42)]

    events = taken(rows)

    assert [(event.data["id"], len(event.data["detections"])) for event in events] == [
        ("42", 2),
        ("7", 1),
    ]


@pytest.mark.parametrize(
    ("categories", "label"),
    [
        ({}, "category 18"),
        ("coco-91", "dog"),
        ("coco-80", "sheep"),
        ({18: "hund"}, "hund"),
        ({1: "x"}, "category 18"),
    ],
)
def test_coco_categories_have_the_names_that_the_producer_gives_them(
    categories: Any, label: str
) -> None:
    assert labels(data_of(payloads.COCO, categories=categories)) == [label]


@pytest.mark.parametrize(
    ("number", "name"), [(1, "person"), (13, "stop sign"), (27, "backpack"), (90, "toothbrush")]
)
def test_the_numbering_of_coco_91_leaves_numbers_out(number: int, name: str) -> None:
    row = {"image_id": 1, "category_id": number, "bbox": [0, 0, 2, 1], "score": 1}

    assert labels(data_of([row], categories="coco-91")) == [name]


def test_coco_outlines_and_keypoints_are_kept_and_masks_are_not() -> None:
    row: dict[str, Any] = {"image_id": 1, "category_id": 1, "score": 0.5}
    rows = [
        row | {"segmentation": [[1, 1, 2, 2, 3, 1], [1, 1, 5, 1, 5, 5, 1, 5]]},
        row | {"keypoints": [5, 2, 2, 0, 0, 0]},
        row | {"segmentation": {"size": [10, 10], "counts": "abc"}},
    ]

    outlined, posed, masked = data_of(rows)["detections"]

    assert outlined["polygon"] == [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]]
    assert posed["keypoints"] == [[0.5, 0.2, 1], [0, 0, 0]]
    assert masked == {"label": "category 1", "score": 0.5}


def test_a_coco_mask_in_run_lengths_tells_the_size_and_is_not_kept() -> None:
    data = data_of(payloads.COCO_MASK)

    (seen,) = data["detections"]
    assert data["size"] == {"width": 640, "height": 360}
    assert seen["box"]["x"] == pytest.approx(5.0298 / 640, abs=1e-5)
    assert set(seen) == {"label", "score", "box"}


@pytest.mark.parametrize("size", [5, [360], [360, "640"], [0, 640], [360, 640.5]])
def test_a_coco_mask_of_no_size_is_told(size: Any) -> None:
    row = payloads.COCO_MASK[0] | {"segmentation": {"size": size, "counts": "0"}}

    with pytest.raises(InvalidEvent) as caught:
        taken([row])

    assert caught.value.problems[0][0].startswith("/0/segmentation/size")


def test_frigate_tells_who_where_when_and_by_which_id() -> None:
    (event,) = taken(payloads.FRIGATE)

    (seen,) = event.data["detections"]
    assert event.subject == event.data["source"] == "front_door"
    assert event.time == datetime.fromtimestamp(1607123962.082975, UTC)
    assert event.data["id"] == seen["track_id"] == "1607123955.475377-mxklsc"
    assert (event.data["state"], seen["zones"]) == ("update", ["yard", "driveway"])
    assert seen["score"] == pytest.approx(0.878906)


@pytest.mark.parametrize(("state", "text"), [("new", "1 person"), ("end", "1 person left")])
def test_frigate_messages_of_one_object_share_its_id(state: str, text: str) -> None:
    (event,) = taken({**payloads.FRIGATE, "type": state})

    assert event.data["id"] == payloads.FRIGATE["after"]["id"]
    assert (event.data["state"], event.data["text"]) == (state, text)


def test_a_false_positive_of_frigate_is_nothing_to_keep() -> None:
    payload = deepcopy(payloads.FRIGATE)
    payload["after"]["false_positive"] = True

    assert taken(payload) == []
    with pytest.raises(InvalidEvent, match="false positive"):
        DetectionProducer("cam").event(payload)


def test_events_of_the_frigate_api_have_ended_or_not() -> None:
    ended = payloads.FRIGATE_API[0]
    going_on = ended | {"end_time": None, "sub_label": ["Ada", 0.87]}

    first, second = taken([ended, going_on])

    assert first.data["state"] == "end"
    assert first.time == datetime.fromtimestamp(1700000060, UTC)
    assert second.data["state"] == "update"
    for event in (first, second):
        (seen,) = event.data["detections"]
        assert (seen["score"], seen["extra"]) == (0.9, {"sub_label": "Ada"})
        assert seen["zones"] == ["porch"]


@pytest.mark.parametrize(
    ("state", "text"),
    [("new", "alert: person, car, Bob"), ("end", "alert over: person, car, Bob")],
)
def test_a_review_of_frigate_tells_what_took_part_and_no_boxes(state: str, text: str) -> None:
    (event,) = taken(payloads.FRIGATE_REVIEW | {"type": state})

    assert event.subject == "front_cam"
    assert (event.data["state"], event.data["text"]) == (state, text)
    assert [tag["label"] for tag in event.data["tags"]] == ["person", "car", "Bob"]
    assert event.data["detections"] == []
    assert event.data["id"] == "1718987129.308396-fqk5ka"
    assert event.time == datetime.fromtimestamp(1718987129.308396, UTC)


def test_reviews_of_the_frigate_api_are_read_too() -> None:
    review = payloads.FRIGATE_REVIEW["after"]

    going_on, over = taken([review, review | {"end_time": 1718987174.9, "data": {}}])

    assert (going_on.data["state"], over.data["state"]) == ("update", "end")
    assert over.data["text"] == "alert over"
    assert over.time == datetime.fromtimestamp(1718987174.9, UTC)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("0 0.5 0.5 0.2 0.2", {"label": "person"}),
        ("0 0.5 0.5 0.2 0.2 0.9", {"label": "person", "score": 0.9}),
        ("0 0.5 0.5 0.2 0.2 0.9 3", {"label": "person", "score": 0.9, "track_id": "3"}),
        ("80 .5 5e-1 0.2 0.2\r", {"label": "class 80"}),
    ],
)
def test_yolo_lines_may_have_a_confidence_and_a_track(line: str, kept: dict[str, Any]) -> None:
    (seen,) = data_of(f"\n{line}\n\n", categories="coco-80")["detections"]

    del seen["box"]
    assert seen == kept


def test_yolo_lines_may_be_outlines() -> None:
    corners = "0.1 0.1 0.5 0.1 0.5 0.5 0.1 0.5"

    plain, sure = data_of(f"0 {corners}\n1 {corners} 0.75")["detections"]

    assert plain["polygon"] == [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]]
    assert plain["box"] == {"x": 0.1, "y": 0.1, "w": 0.4, "h": 0.4}
    assert sure["score"] == 0.75


def test_an_empty_text_is_a_picture_on_which_nothing_was_seen() -> None:
    assert data_of("")["format"] == "yolo-txt"


@pytest.mark.parametrize("name", ["coco", "COCO", "Azure_Vision", "yolo_txt"])
def test_names_of_formats_may_be_written_as_people_write_them(name: str) -> None:
    assert format_named(name).name == name.lower().replace("_", "-")
