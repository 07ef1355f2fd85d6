"""What detectors print, with the picture that it was seen on."""

from datetime import UTC, datetime
from typing import Any

import pytest

from producers.base import InvalidEvent, Producer
from producers.detections import DetectionProducer
from producers.detections.on_picture import UNSEEN
from producers.events import Event
from producers.pictures import Picture
from tests.producers.detections import payloads

PICTURE = Picture("0" * 32 + ".jpg", 640, 480)
SIZE = {"width": 640, "height": 480}


def taken(value: object, **options: Any) -> dict[str, Any]:
    producer = DetectionProducer("cam", DetectionProducer.Options(**options))
    (event,) = producer.take(value, picture=PICTURE).events
    return dict(event.data)


@pytest.mark.parametrize("name", payloads.ALL)
def test_every_format_is_put_on_its_picture(name: str) -> None:
    for payload in payloads.ALL[name]:
        producer = DetectionProducer("cam")
        alone, on_it = producer.take(payload), producer.take(payload, picture=PICTURE)

        (event,) = on_it.events
        assert on_it.format == alone.format == name
        assert event.data["picture"] == PICTURE.id
        assert (event.data["size"], event.data["box_space"]) == (SIZE, "relative")
        if alone.events[0].data["box_space"] == "relative":
            assert event.data["detections"] == alone.events[0].data["detections"]


def test_a_picture_alone_is_not_one_on_which_nothing_was_seen() -> None:
    assert taken(None)["text"] == UNSEEN
    assert taken({"detections": []})["text"] == "nothing detected"


def test_a_picture_alone_is_taken_whatever_the_one_format_is() -> None:
    assert taken(None, format="coco")["picture"] == PICTURE.id


def test_a_source_beside_a_picture_is_enough() -> None:
    data = taken({"source": "gate", "text": "open"})

    assert (data["source"], data["text"], data["picture"]) == ("gate", "open", PICTURE.id)


def test_several_results_do_not_fit_one_picture() -> None:
    rows = [payloads.COCO[0] | {"image_id": image} for image in (1, 2)]

    with pytest.raises(InvalidEvent, match="2 pictures, but one came"):
        taken(rows)


@pytest.mark.parametrize("producer", [DetectionProducer("cam"), Producer("any")])
def test_an_event_keeps_the_picture_that_it_brings(producer: Producer) -> None:
    yielded = Event(
        producer="cam",
        type="seen",
        time=datetime.now(UTC),
        data={"detections": [{"label": "dog"}]},
        picture=b"...",
    )

    assert producer.event(yielded).picture == b"..."


def test_a_producer_of_any_kind_is_told_of_a_picture() -> None:
    (event,) = Producer("any").take({"door": "n"}, picture=PICTURE).events

    assert event.data == {"door": "n", "picture": PICTURE.id}
