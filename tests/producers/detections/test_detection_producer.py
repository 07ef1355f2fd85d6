"""The producer: options, subjects, times, and events that are taken again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from producers.base import InvalidEvent
from producers.detections import DetectionProducer
from producers.detections.fields import Detection
from producers.detections.model import Result
from producers.detections.query_params import Hints
from producers.events import Event
from producers.limits import why_unfit
from producers.registry import Registry
from tests.producers.detections import payloads

WHEN = datetime(2030, 1, 2, tzinfo=UTC)
PUBLISHED = [payload for published in payloads.ALL.values() for payload in published]
PATH = "producers.detections.DetectionProducer"


def options(**said: Any) -> Any:
    return DetectionProducer.Options(**said)


@pytest.mark.parametrize("payload", PUBLISHED)
@pytest.mark.parametrize("format", [None, "coco"])
def test_its_own_event_is_taken_again_unchanged(payload: Any, format: str | None) -> None:  # noqa: A002
    producer = DetectionProducer("cam", options(format=format, min_score=0.1, categories="coco-91"))
    events = DetectionProducer("cam", options(min_score=0.1)).take(payload).events

    again = [producer.event(event) for event in events]

    assert again == events
    assert all(why_unfit(event) is None for event in events)


def test_an_event_of_another_producer_may_hold_what_a_detector_said() -> None:
    said = Event(producer="x", type="t", time=WHEN, data=payloads.FRIGATE, key="k")

    event = DetectionProducer("cam").event(said)

    assert (event.producer, event.type, event.time, event.key) == ("cam", "t", WHEN, "k")
    assert (event.subject, event.data["format"]) == ("front_door", "frigate")


def test_a_result_made_in_python_is_an_event() -> None:
    result = Result(detections=[Detection(label="face")] * 2, source="door", time=WHEN)

    event = DetectionProducer("cam").event(result)

    assert (event.type, event.subject, event.time) == ("detection", "door", WHEN)
    assert (event.data["text"], event.data["format"]) == ("2 faces", "eventwall")


def test_what_the_caller_says_goes_before_what_the_payload_says() -> None:
    event = DetectionProducer("cam").event(
        payloads.FRIGATE, type="seen", time=WHEN, subject="back door", key="k"
    )

    assert (event.type, event.time, event.subject, event.key) == ("seen", WHEN, "back door", "k")
    assert event.data["source"] == "front_door"


def test_without_a_time_it_is_now() -> None:
    event = DetectionProducer("cam", now=lambda: WHEN).event(payloads.ULTRALYTICS)

    assert event.time == WHEN
    assert "time" not in event.data


def test_a_text_of_the_senders_own_is_kept() -> None:
    event = DetectionProducer("cam").event({"label": "person", "text": "someone rings"})

    assert event.data["text"] == "someone rings"


def test_one_event_is_one_picture() -> None:
    rows = [payloads.COCO[0], {**payloads.COCO[0], "image_id": 43}]

    with pytest.raises(InvalidEvent, match="2 pictures"):
        DetectionProducer("cam").event(rows)
    assert len(DetectionProducer("cam").take(rows, key="k").events) == 2


def test_the_least_score_and_the_labels_leave_out() -> None:
    producer = DetectionProducer("cam", options(min_score=0.6, labels=["person"]))

    data = producer.event(payloads.OWN).data

    assert data["text"] == "2 persons: two people and a dog"
    assert data["tags"] == []


def test_the_option_size_is_for_payloads_that_tell_none() -> None:
    producer = DetectionProducer("cam", options(size={"width": 1280, "height": 720}))

    frigate, azure = producer.event(payloads.FRIGATE).data, producer.event(payloads.AZURE).data
    asked = producer.take(payloads.FRIGATE, Hints.of({"w": "2560", "h": "1440"})).events[0].data

    assert (frigate["box_space"], frigate["size"]) == ("relative", {"width": 1280, "height": 720})
    assert azure["size"] == {"width": 573, "height": 847}
    assert asked["size"] == {"width": 2560, "height": 1440}


def test_pixels_of_ours_take_the_size_that_is_sent_along() -> None:
    pixels = {"box_space": "px", "label": "cat", "box": {"x": 10, "y": 10, "w": 20, "h": 20}}

    data = DetectionProducer("cam").take(pixels, Hints.of({"w": "100", "h": "50"})).events[0].data

    assert data["box_space"] == "relative"
    assert data["detections"] == [{"label": "cat", "box": {"x": 0.1, "y": 0.2, "w": 0.2, "h": 0.4}}]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"format": "pascal"}, "legal are eventwall, azure-vision"),
        ({"categories": "coco"}, "'coco-80' or 'coco-91'"),
        ({"categories": {"one": "x"}}, "integer"),
        ({"min_score": 50}, "less than or equal to 1"),
        ({"labels": [""]}, "at least 1"),
        ({"size": {"width": 0, "height": 1}}, "greater than or equal to 1"),
    ],
)
def test_a_bad_option_is_told(said: dict[str, Any], says: str) -> None:
    registry = Registry.build({"cam": {"BACKEND": PATH, "OPTIONS": said}})

    assert says in registry.errors["cam"].problem


def test_formats_in_options_may_be_written_as_people_write_them() -> None:
    assert options(format="Azure_Vision").format == "azure-vision"


@pytest.mark.parametrize(
    "label",
    ["<script>alert(1)</script>", "a\nb", "x\u202ey", "{{ x }}", "人", "a" * 200, "😀", "\t."],
)
def test_any_label_is_kept_and_the_sentence_is_one_printable_line(label: str) -> None:
    data = DetectionProducer("cam").event({"label": label}).data

    assert data["detections"] == [{"label": label}]
    assert str(data["text"]).isprintable()
    assert len(str(data["text"])) < 60
