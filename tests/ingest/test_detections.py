"""Documents that tell of many things, or of none: what detectors print, posted as it is."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import override_settings

from dashboard.log.base import Entry
from dashboard.log.memory import MemoryLog
from producers.detections import DetectionProducer
from producers.detections.detect_format import FORMATS
from producers.registry import Registry
from tests.ingest.posting import Answer, Post
from tests.producers.detections import payloads

Stored = Callable[[], Awaitable[list[Entry]]]

FORM = "application/x-www-form-urlencoded"
NDJSON = "application/x-ndjson"
STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
YOLO = "0 0.5 0.5 0.2 0.4 0.91\n16 0.25 0.5 0.1 0.1\n"

FALSE_POSITIVE = payloads.FRIGATE | {"after": payloads.FRIGATE["after"] | {"false_positive": True}}


@pytest.fixture
def registry() -> Registry:
    named = DetectionProducer.Options(categories="coco-80", format="yolo-txt")
    return Registry(
        {"camera": DetectionProducer("camera"), "yolo": DetectionProducer("yolo", named)}
    )


BOX = {"x": 0.1, "y": 0.1, "w": 0.5, "h": 0.5}
NOTHING = {"ids": [], "detections": 0}

Camera = Callable[..., Awaitable[Answer]]


@pytest.fixture
def camera(post: Post) -> Camera:
    """Return a function that posts to the camera; what is no text is sent as JSON."""

    async def camera(body: object, kind: str | None = FORM, **request: Any) -> Answer:
        sent = body if isinstance(body, str) else json.dumps(body)
        return await post(sent, kind, **{"to": "camera"} | request)

    return camera


def labels(entries: list[Entry]) -> list[list[str]]:
    told: list[Any] = [entry.event.data["detections"] for entry in entries]
    return [[seen["label"] for seen in detections] for detections in told]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", FORM, None])
@pytest.mark.parametrize("name", payloads.ALL)
async def test_each_published_payload_is_taken_for_what_it_is(
    name: str, kind: str | None, camera: Camera, stored: Stored
) -> None:
    for payload in payloads.ALL[name]:
        is_text = isinstance(payload, str) and kind == "application/json"
        answer = await camera(json.dumps(payload) if is_text else payload, kind)

        assert answer.status == 201, answer.text
        assert answer.body["format"] == name
        assert len(answer.body["ids"]) >= 1
    assert {entry.event.data["format"] for entry in await stored()} == {name}


@pytest.mark.parametrize("name", ["result", "data"])
async def test_a_form_s_one_field_is_the_document(
    name: str, camera: Camera, stored: Stored
) -> None:
    """As `requests.post(url, data={"result": json.dumps(…)})` sends it, without a picture."""
    documents: list[Any] = [payloads.ULTRALYTICS, [{"label": "cat"}], {"detections": []}]
    for document in documents:
        answer = await camera(urlencode({name: json.dumps(document)}), FORM)

        assert answer.status == 201, answer.text
    assert len(await stored()) == 3


async def test_json_that_is_cut_off_is_no_text(camera: Camera) -> None:
    assert (await camera('[{"label": "cat"', "text/plain")).code == "bad-json"


async def test_an_array_is_one_document(camera: Camera, stored: Stored) -> None:
    two = [payloads.ULTRALYTICS[0], payloads.ULTRALYTICS[0] | {"name": "dog"}]

    answer = await camera(two)

    assert (answer.status, len(answer.body["ids"])) == (201, 1)
    assert labels(await stored()) == [["person", "dog"]]


async def test_one_document_may_become_many_events(camera: Camera, stored: Stored) -> None:
    rows = [payloads.COCO[0] | {"image_id": image} for image in (1, 2, 1)]

    answer = await camera(rows)

    entries = await stored()
    ids = [str(entry.id) for entry in entries]
    assert answer.body == {"ids": ids, "format": "coco", "detections": 3}
    assert [entry.event.data["id"] for entry in entries] == ["1", "2"]


@pytest.mark.parametrize("kind", ["text/plain", FORM, None])
async def test_a_text_of_yolo_is_taken(kind: str | None, camera: Camera, stored: Stored) -> None:
    answer = await camera(YOLO, kind, to="yolo")

    assert (answer.status, answer.body["format"]) == (201, "yolo-txt"), answer.text
    assert labels(await stored()) == [["person", "dog"]]


@pytest.mark.parametrize(
    ("payload", "format"),
    [(FALSE_POSITIVE, "frigate"), ([FALSE_POSITIVE, FALSE_POSITIVE], "frigate")],
)
async def test_what_tells_nothing_is_taken_and_not_stored(
    payload: Any,
    format: str,  # noqa: A002 - the answer's name for it
    camera: Camera,
    log: MemoryLog,
) -> None:
    answer = await camera(payload, headers={"Idempotency-Key": "k"})

    assert (answer.status, answer.body) == (200, NOTHING | {"format": format})
    assert (await log.bounds()).newest.seq == 0


async def test_masks_that_are_not_kept_are_pointed_at(camera: Camera) -> None:
    mask = {"rle_mask": {"size": [480, 640], "counts": "abc"}}
    outlined = payloads.ROBOFLOW["predictions"][0] | mask
    masked = payloads.ROBOFLOW | {"predictions": [outlined]}

    alone = await camera(masked, "application/json")
    lines = await camera("\n".join(map(json.dumps, [payloads.AZURE, masked])), NDJSON)

    assert alone.body["left_out"] == ["#/predictions/0/rle_mask"]
    assert lines.body["left_out"] == ["#/1/predictions/0/rle_mask"]


async def test_an_empty_list_of_a_named_format_is_taken(camera: Camera, log: MemoryLog) -> None:
    """Each format says itself whether nothing at all is a picture on which nothing was seen."""
    nothing = await camera([], query="format=frigate")
    seen = await camera([], query="format=coco")

    assert (nothing.status, nothing.body) == (200, NOTHING | {"format": "frigate"})
    assert (seen.status, len(seen.body["ids"])) == (201, 1)
    assert (await log.latest("camera", 1))[0].event.data["text"] == "nothing detected"


async def test_the_query_names_format_and_size(camera: Camera, stored: Stored) -> None:
    answer = await camera(payloads.COCO, query="format=COCO&w=640&h=480")

    (entry,) = await stored()
    assert answer.body["format"] == "coco"
    assert entry.event.data["size"] == {"width": 640, "height": 480}
    assert entry.event.data["box_space"] == "relative"


async def test_the_query_settles_what_could_be_read_in_two_ways(
    camera: Camera, stored: Stored
) -> None:
    four = [{"label": "a", "score": 0.9, "bbox": [0.1, 0.2, 0.3, 0.4]}]

    refused = await camera(four)
    corners = await camera(four, query="boxes=xyxy&box_space=relative&exif=applied")
    sized = await camera(four, query="boxes=xywh")

    told: list[Any] = [entry.event.data for entry in await stored()]
    assert (refused.status, corners.status, sized.status) == (422, 201, 201)
    assert [data["detections"][0]["box"]["w"] for data in told] == [0.2, 0.3]


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("boxes=yxyx", "boxes", "legal are xyxy, xywh, cxcywh"),
        ("format=coc", "format", "legal are eventwall, azure-vision"),
        ("w=640", "h", "together"),
        ("w=0&h=480", "w", "legal are 1 to"),
        ("w=640&h=%1b[31m", "h", "legal are 1 to"),
    ],
)
async def test_a_bad_query_is_named(
    query: str, name: str, said: str, camera: Camera, log: MemoryLog
) -> None:
    answer = await camera(payloads.COCO, query=query)

    assert (answer.status, answer.code) == (400, "bad-request"), answer.text
    assert answer.body["errors"][0]["parameter"] == name
    assert said in answer.body["errors"][0]["detail"]
    assert f"?{name}=" in answer.body["detail"]
    assert answer.text.strip().isprintable()
    assert (await log.bounds()).newest.seq == 0


async def test_a_query_of_thousands_is_refused(camera: Camera) -> None:
    answer = await camera(payloads.COCO, query="&".join(["a=1"] * 1_100))

    assert (answer.status, answer.code) == (400, "bad-request")


async def test_why_each_format_did_not_fit_is_told(camera: Camera) -> None:
    answer = await camera({"text": "hello"})

    first, *reasons = [error["detail"] for error in answer.body["errors"]]
    assert (answer.status, answer.code) == (422, "invalid-event")
    assert first in answer.body["detail"]
    assert [reason.split(":")[0] for reason in reasons] == [known.name for known in FORMATS]


async def test_all_that_a_format_finds_wrong_is_told(camera: Camera) -> None:
    rows = [payloads.COCO[0] | {"score": 7}] * 15

    answer = await camera(rows)

    pointers = [error["pointer"] for error in answer.body["errors"]]
    assert pointers == [f"#/{index}/score" for index in range(15)]


async def test_pointers_lead_into_an_array_and_into_a_line(camera: Camera) -> None:
    bad = [payloads.COCO[0], payloads.COCO[0] | {"bbox": [0, 0, 1]}]
    lines = f"{json.dumps(payloads.AZURE)}\n\n{json.dumps(bad)}\n"

    alone = await camera(bad, "application/json")
    line = await camera(lines, NDJSON)

    assert alone.pointer == "#/1/bbox"
    assert "index" not in alone.body
    assert (line.pointer, line.body["index"], line.body["line"]) == ("#/1/1/bbox", 1, 3)


async def test_lines_are_documents_of_their_own(camera: Camera, stored: Stored) -> None:
    said = [payloads.AZURE, FALSE_POSITIVE, payloads.COCO]

    answer = await camera("\n".join(map(json.dumps, said)), NDJSON)

    entries = await stored()
    assert answer.body == {
        "ids": [str(entry.id) for entry in entries],
        "formats": ["azure-vision", "frigate", "coco"],
        "detections": 3,
        "tags": 1,
    }
    assert len(entries) == 2


async def test_the_batch_limit_counts_the_events_made(camera: Camera, log: MemoryLog) -> None:
    rows = [payloads.COCO[0] | {"image_id": image} for image in range(4)]

    with override_settings(INGEST_MAX_BATCH=3):
        refused = await camera(rows)
        taken = await camera([row | {"image_id": 1} for row in rows])

    assert (refused.status, refused.code) == (413, "too-many-events")
    assert taken.status == 201
    assert (await log.bounds()).newest.seq == 1


async def test_a_document_may_hold_more_members_than_one_event(camera: Camera) -> None:
    answer = await camera([payloads.COCO[0]] * 900)

    assert answer.status == 201, answer.text


async def test_an_event_that_no_log_holds_is_refused(camera: Camera, log: MemoryLog) -> None:
    long = {"label": "x" * 200, "zones": ["z" * 200] * 8}

    answer = await camera({"detections": [long] * 200})

    assert (answer.status, answer.code) == (413, "too-large")
    assert (await log.bounds()).newest.seq == 0


async def test_the_same_key_again_is_stored_once(camera: Camera, stored: Stored) -> None:
    rows = [payloads.COCO[0] | {"image_id": image} for image in (1, 2)]

    first = await camera(rows, headers={"Idempotency-Key": "k"})
    again = await camera(rows, headers={"Idempotency-Key": "k"})
    other = await camera(rows[:1], headers={"Idempotency-Key": "k"})

    assert (first.status, again.status, other.status) == (201, 200, 409)
    assert again.body == first.body | {"duplicate": True}
    assert len(await stored()) == 2


def cloudevent(id_: str, data: object) -> dict[str, object]:
    return {"specversion": "1.0", "id": id_, "source": "/cam", "type": "seen", "data": data}


async def test_a_cloudevent_may_hold_a_document(camera: Camera, stored: Stored) -> None:
    rows = [payloads.COCO[0] | {"image_id": image} for image in (1, 2)]

    answer = await camera(cloudevent("a", rows), STRUCTURED)

    entries = await stored()
    assert (answer.status, answer.body["format"]) == (201, "coco"), answer.text
    assert [entry.event.type for entry in entries] == ["seen", "seen"]
    assert len({entry.event.key for entry in entries}) == 1


async def test_cloudevents_that_repeat_are_stored_once(camera: Camera, stored: Stored) -> None:
    rows = [payloads.COCO[0] | {"image_id": image} for image in (1, 2)]
    a, b = cloudevent("a", rows), cloudevent("b", FALSE_POSITIVE)

    answer = await camera([a, b, a, cloudevent("c", payloads.AZURE)], BATCHED)
    conflict = await camera([cloudevent("d", rows), cloudevent("d", rows[:1])], BATCHED)

    ids = answer.body["ids"]
    assert len(await stored()) == 3
    assert (len(ids), ids[:2]) == (5, ids[2:4])
    assert (conflict.status, conflict.body["index"]) == (409, 1)


async def test_a_fault_in_a_cloudevent_is_pointed_at(camera: Camera) -> None:
    bad = cloudevent("b", [payloads.COCO[0] | {"bbox": 5}])

    answer = await camera([cloudevent("a", payloads.AZURE), bad], BATCHED)

    assert (answer.pointer, answer.body["index"]) == ("#/1/data/0/bbox", 1)


async def test_number_of_thousands_of_digits_is_refused_not_a_fault(camera: Camera) -> None:
    answer = await camera('{"label": "a", "score": ' + "9" * 5_000 + "}")

    assert (answer.status, answer.code) == (400, "bad-json")


async def test_json_in_json_is_read_as_what_it_was(camera: Camera, stored: Stored) -> None:
    """`requests.post(url, json=results[0].to_json())`: the text is encoded a second time."""
    twice = json.dumps(json.dumps([{"label": "cat", "score": 0.9, "box": BOX}]))

    answer = await camera(twice, "application/json")

    assert (answer.status, answer.body["detections"]) == (201, 1), answer.text
    assert labels(await stored()) == [["cat"]]


async def test_boxes_beside_the_picture_are_counted(camera: Camera, stored: Stored) -> None:
    """They are no place on it, so the thing is kept without one: perhaps the size is wrong."""
    there = {"label": "cat", "xmin": 10, "ymin": 10, "xmax": 50, "ymax": 50}
    beside = {"label": "dog", "xmin": 700, "ymin": 10, "xmax": 800, "ymax": 50}

    answer = await camera([there, beside], query="w=640&h=480")

    assert (answer.status, answer.body["detections"], answer.body["outside"]) == (201, 2, 1)
    [entry] = await stored()
    told: Any = entry.event.data["detections"]
    assert ["box" in seen for seen in told] == [True, False]
