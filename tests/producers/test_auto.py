"""AutoProducer: what becomes of what comes, whatever that is."""

from typing import Any

import pytest

from producers.auto import AutoProducer
from producers.base import InvalidEvent
from producers.pictures import Picture

BOX = {"x": 0.1, "y": 0.2, "w": 0.25, "h": 0.6}
ALERT = {
    "status": "firing",
    "labels": {"alertname": "Full", "severity": "warning"},
    "annotations": {"summary": "disk is full"},
}


@pytest.fixture
def auto() -> AutoProducer:
    return AutoProducer("it")


@pytest.mark.parametrize(
    ("sent", "kind", "subject", "kept"),
    [
        (21.4, "reading", None, {"value": 21.4}),
        ("21.4", "reading", None, {"value": 21.4}),
        ("21.4 °C", "reading", None, {"value": 21.4, "unit": "°C"}),
        ({"cpu": 3, "load": 1.5}, "reading", None, {"cpu": 3, "load": 1.5}),
        ({"temperature": "21.4", "room": "attic"}, "reading", "attic",
         {"temperature": 21.4, "room": "attic"}),
        ({"on": True, "power": 3}, "reading", None, {"on": True, "power": 3}),
        ({"progress": 0.4, "text": "copying"}, "reading", None,
         {"progress": 0.4, "text": "copying"}),
        ({"message": "GET /", "status": 200, "level": "err"}, "reading", None,
         {"status": 200, "text": "GET /", "level": "error"}),
        ("door open", "note", None, {"text": "door open", "level": "info"}),
        ({"message": "door open", "severity": "warning", "host": "hall"}, "note", "hall",
         {"text": "door open", "level": "warn"}),
        ({"alerts": [ALERT], "receiver": "wall"}, "note", None,
         {"text": "disk is full", "level": "warn", "title": "Full"}),
        ("down", "state", None, {"state": "down"}),
        (True, "state", None, {"value": True}),
        ({"name": "db", "status": "down"}, "state", "db", {"name": "db", "status": "down"}),
        ({"level": "warn", "device": "disk"}, "state", "disk", {"level": "warn", "device": "disk"}),
        ({"door": "open"}, "event", None, {"door": "open"}),
        ({"points": [[1, 2], [3, 4]]}, "event", None, {"points": [[1, 2], [3, 4]]}),
    ],
)  # fmt: skip
def test_what_comes_is_told_as_what_it_is(
    auto: AutoProducer, sent: Any, kind: str, subject: str | None, kept: dict[str, Any]
) -> None:
    (event,) = auto.take(sent).events

    assert (event.producer, event.type, event.subject) == ("it", kind, subject)
    # What is read as a level may stay beside what it was read from.
    assert event.data.items() >= kept.items()


@pytest.mark.parametrize(
    "sent",
    [
        {"label": "person", "score": 0.9, "box": BOX},
        {"detections": [{"label": "person", "score": 0.9, "box": BOX}]},
        [{"label": "person", "score": 0.9, "box": BOX}],
        {"boxes": [[1, 2, 3, 4]], "labels": ["person"], "scores": [0.9]},
    ],
)
def test_what_a_detector_saw_is_a_detection(auto: AutoProducer, sent: Any) -> None:
    (event,) = auto.take(sent).events

    assert event.type == "detection"
    assert event.data["detections"][0]["label"] == "person"  # type: ignore[index,call-overload]


def test_a_list_is_an_event_for_each(auto: AutoProducer) -> None:
    assert [event.data for event in auto.take([1, {"cpu": 2}, "hello"]).events] == [
        {"value": 1},
        {"cpu": 2},
        {"text": "hello", "level": "info"},
    ]


def test_secrets_are_kept_from_the_wall_and_told(auto: AutoProducer) -> None:
    reading = auto.take({"value": 1, "password": "x"})
    other = auto.take({"door": "open", "by": {"api_key": "x", "who": "anna"}})

    assert reading.events[0].data == {"value": 1}
    assert other.events[0].data == {"door": "open", "by": {"who": "anna"}}
    assert [*reading.left_out, *other.left_out] == ["/password", "/by/api_key"]


@pytest.mark.parametrize(
    ("sent", "where", "said"),
    [
        ({}, "", "empty"),
        ([], "", "empty"),
        (None, "", "null is no number"),
        ([1, [2]], "/1", "a list in a list"),
        ([1, "x" * 3000], "/1", "2000"),
        (float("nan"), "", "not finite"),
        ({"text": "", "level": "loud"}, "/text", "1 or more characters"),
    ],
)
def test_what_says_nothing_is_refused_with_its_place(
    auto: AutoProducer, sent: Any, where: str, said: str
) -> None:
    with pytest.raises(InvalidEvent) as caught:
        auto.take(sent)

    assert caught.value.problems[0][0] == where
    assert said in caught.value.problems[0][1]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, {}),
        ("hello", {"text": "hello", "level": "info"}),
        ({"value": 3}, {"value": 3}),
    ],
)
def test_a_picture_comes_alone_or_with_words(
    auto: AutoProducer, sent: Any, kept: dict[str, Any]
) -> None:
    (event,) = auto.take(sent, picture=Picture("1.jpg", 640, 480)).events

    assert event.type == "picture"
    assert event.data == kept | {"picture": "1.jpg", "size": {"width": 640, "height": 480}}


def test_detections_are_put_on_the_picture_that_came_with_them(auto: AutoProducer) -> None:
    seen = {"detections": [{"label": "person", "box": BOX}]}

    (event,) = auto.take(seen, picture=Picture("1.jpg", 640, 480)).events

    assert (event.type, event.data["picture"]) == ("detection", "1.jpg")


def test_what_the_sender_says_of_it_counts(auto: AutoProducer) -> None:
    for sent in (1, "hello", "down", {"label": "person", "box": BOX}, {"device": "x", "value": 1}):
        event = auto.event(sent, type="my.type", subject="me", key="k")

        assert (event.type, event.subject, event.key) == ("my.type", "me", "k")
