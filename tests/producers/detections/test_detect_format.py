"""Which format a payload is taken to be: exactly one must fit, or the answer says why none does."""

from typing import Any

import pytest

from producers.base import InvalidEvent
from producers.detections import DetectionProducer
from producers.detections.detect_format import FORMATS, find_format
from producers.detections.fields import Size
from producers.detections.payload import Payload
from producers.detections.query_params import BadHint, Hints
from tests.producers.detections import payloads

NAMES = [known.name for known in FORMATS]


@pytest.mark.parametrize(
    "payload",
    [
        None, True, 5, 0.5, "door open", {}, [5], [None], [{}], {"text": "hello"},
        {"predictions": []}, {"predictions": 5}, {"predictions": [5]}, {"type": "new"},
        {"after": 5}, [[5]], {"images": [], "annotations": 5},
    ],
)  # fmt: skip
def test_what_fits_none_is_told_with_a_reason_for_each(payload: Any) -> None:
    with pytest.raises(InvalidEvent) as caught:
        DetectionProducer("cam").take(payload)

    (_, first), *rest = caught.value.problems
    assert first.startswith("this is none of eventwall, azure-vision")
    assert [said.split(":")[0] for _, said in rest] == NAMES
    assert all("it could be" not in said for _, said in rest)


@pytest.mark.parametrize(
    ("payload", "names"),
    [
        ({"predictions": [{"tagName": "a", "class": "b", "confidence": 1}]},
         "custom-vision or roboflow"),
        (payloads.AZURE | payloads.REKOGNITION, "azure-vision or rekognition"),
        (payloads.AZURE | {"caption": "x"}, "eventwall or azure-vision"),
        ({"predictions": [], "project": "p", "image": {}}, "custom-vision or roboflow"),
    ],
)  # fmt: skip
def test_what_fits_several_is_refused(payload: Any, names: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        DetectionProducer("cam").take(payload)

    assert caught.value.problems[0][1].startswith(f"this could be {names}")
    assert sum("it could be" in said for _, said in caught.value.problems) == 2


BOTH = {"predictions": [{"tagName": "a", "probability": 0.9, "class": "b", "confidence": 1}]}


def test_a_name_settles_what_fits_several() -> None:
    by_query = DetectionProducer("cam").take(BOTH, Hints(format="custom-vision"))
    by_option = DetectionProducer("cam", DetectionProducer.Options(format="roboflow")).take(BOTH)

    assert by_query.format == "custom-vision"
    assert by_option.format == "roboflow"


def test_formats_are_suggested_only_where_they_would_read_it() -> None:
    said = []
    for payload in (BOTH, {"text": "hello"}, {"boxes": [[1, 2, 3, 4]]}):
        with pytest.raises(InvalidEvent) as caught:
            DetectionProducer("cam").take(payload)
        said.append(caught.value.problems[0][1])

    assert said[0].endswith("as ?format=custom-vision or ?format=roboflow")
    assert said[1].endswith("as ?format=eventwall")
    assert "?format=" not in said[2]


def test_the_name_in_the_query_goes_before_the_option() -> None:
    producer = DetectionProducer("cam", DetectionProducer.Options(format="roboflow"))

    assert producer.take(payloads.COCO, Hints(format="coco")).format == "coco"


def test_a_name_that_does_not_fit_is_told_at_the_place() -> None:
    with pytest.raises(InvalidEvent) as caught:
        DetectionProducer("cam").take(payloads.COCO, Hints(format="ultralytics"))

    assert caught.value.problems[0] == ("/0", f"'name' is missing, not {payloads.COCO[0]!r:.80}")


def test_an_empty_list_can_be_any_list_once_it_is_named() -> None:
    for name in ("coco", "ultralytics"):
        taken = DetectionProducer("cam").take([], Hints(format=name))

        assert (taken.format, taken.events[0].data["detections"]) == (name, [])
    assert DetectionProducer("cam").take([], Hints(format="frigate")).events == []


def test_no_published_payload_fits_two_formats() -> None:
    for name, published in payloads.ALL.items():
        for payload in published:
            assert find_format(Payload(payload)).name == name


@pytest.mark.parametrize("name", ["eventwall", "azure-vision", "custom-vision", "roboflow"])
@pytest.mark.parametrize("told", [True, False])
def test_a_list_of_payloads_is_a_batch(name: str, told: bool) -> None:
    payload = payloads.ALL[name][0]

    taken = DetectionProducer("cam").take([payload] * 3, Hints(format=name if told else None))

    assert taken.format == name
    assert [event.data for event in taken.events] == [
        DetectionProducer("cam").event(payload).data
    ] * 3


def test_the_faults_of_a_batch_are_told_with_the_item() -> None:
    wrong = [{"label": "a"}, {"label": ""}, payloads.AZURE, {"label": "b", "score": 2}]

    with pytest.raises(InvalidEvent) as caught:
        DetectionProducer("cam").take(wrong)

    pointers = [pointer for pointer, _ in caught.value.problems]
    assert (pointers[0], pointers[-1]) == ("/1/label", "/3/score")
    assert "/2/modelVersion" in pointers


def test_a_batch_of_nothing_known_is_told_at_its_first_item() -> None:
    with pytest.raises(InvalidEvent) as caught:
        DetectionProducer("cam").take([{"text": "hello"}])

    assert {pointer for pointer, _ in caught.value.problems} == {"/0"}


@pytest.mark.parametrize(
    ("query", "hints"),
    [
        ({}, Hints()),
        ({"token": "x"}, Hints()),
        ({"format": "COCO"}, Hints("coco")),
        ({"w": "1280", "h": "0720"}, Hints(None, Size(width=1280, height=720))),
    ],
)
def test_queries_are_read(query: dict[str, str], hints: Hints) -> None:
    assert Hints.of(query) == hints


@pytest.mark.parametrize(
    ("query", "name", "says"),
    [
        ({"format": "pascal"}, "format", "legal are eventwall, azure-vision"),
        ({"w": "1280"}, "h", "given together"),
        ({"h": "720"}, "w", "given together"),
        ({"w": "0", "h": "1"}, "w", "legal are 1 to 100000"),
        ({"w": "1", "h": "100001"}, "h", "legal are 1 to 100000"),
        ({"w": "12.5", "h": "1"}, "w", "no number of pixels"),
        ({"w": "٣", "h": "1"}, "w", "no number of pixels"),
        ({"w": "9" * 5000, "h": "1"}, "w", "no number of pixels"),
    ],
)
def test_queries_that_are_not_legal_are_told(query: dict[str, str], name: str, says: str) -> None:
    with pytest.raises(BadHint) as caught:
        Hints.of(query)

    assert caught.value.name == name
    assert says in caught.value.detail
