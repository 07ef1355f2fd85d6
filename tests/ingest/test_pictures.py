"""Pictures by each door: taken with what was seen on them, or refused with nothing left behind."""

import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import override_settings

from dashboard.conf import Conf
from dashboard.ingest.handler import handle_post
from dashboard.ingest.tokens import TokenTable
from dashboard.log.base import Appended, Entry, LogUnavailable
from dashboard.log.memory import MemoryLog
from dashboard.pictures.store import PictureStore
from producers.base import Producer
from producers.detections import DetectionProducer
from producers.detections.on_picture import UNSEEN
from producers.events import Event
from producers.notes import NotesProducer
from producers.registry import Registry
from tests.ingest.posting import Answer, Post, make_request, read
from tests.producers.detections import payloads
from tests.support.pictures import FORM, drawn, encoded, form, turned

Stored = Callable[[], Awaitable[list[Entry]]]
Files = Callable[[], list[str]]

JPEG = encoded("JPEG", drawn(640, 480))
SMALL = encoded("PNG", drawn(320, 240))
IN_PIXELS = [{"image_id": 1, "category_id": 1, "bbox": [64, 48, 320, 240], "score": 0.9}]
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
BOX = {"x": 0.1, "y": 0.1, "w": 0.5, "h": 0.5}
SIZE = {"width": 640, "height": 480}
URLENCODED = "application/x-www-form-urlencoded"
CLOUDEVENT = {"ce-id": "1", "ce-source": "/cam", "ce-type": "seen", "ce-specversion": "1.0"}


class SnapshotProducer(Producer):
    """Takes pictures, and knows nothing of detections."""

    takes_pictures = True


@pytest.fixture
def registry() -> Registry:
    sized = DetectionProducer.Options.model_validate({"size": {"width": 1280, "height": 960}})
    rows = [
        DetectionProducer("camera"),
        DetectionProducer("sized", sized),
        SnapshotProducer("snapshot"),
        NotesProducer("notes"),
    ]
    return Registry({producer.alias: producer for producer in rows})


@pytest.fixture
def pictures(tmp_path: Path) -> Iterator[PictureStore]:
    store = PictureStore(tmp_path / "pictures", Conf(PICTURE_MAX_BYTES=100_000))
    yield store
    store.close()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    def files() -> list[str]:
        return sorted(p.name for p in (tmp_path / "pictures").rglob("*") if p.is_file())

    return files


@pytest.fixture
def post(registry: Registry, log: MemoryLog, tokens: TokenTable, pictures: PictureStore) -> Post:
    async def post(
        body: bytes | str, kind: str | None, *, to: str = "camera", **more: Any
    ) -> Answer:
        request = make_request(body, kind, **more)
        return read(
            await handle_post(
                request, to, producers=registry, log=log, tokens=tokens, pictures=pictures
            )
        )

    return post


def in_json(picture: bytes, *, url: str = "", **members: Any) -> str:
    return json.dumps({**members, "picture_base64": url + base64.b64encode(picture).decode()})


async def the_one(stored: Stored, files: Files, answer: Answer) -> dict[str, Any]:
    """Return the data of the one event there is, whose picture is the one file there is."""
    (entry,) = await stored()
    data = dict(entry.event.data)
    assert answer.status == 201, answer.text
    assert answer.body["ids"] == [str(entry.id)]
    assert answer.body["picture"] == data["picture"]
    assert files() == [data["picture"]]
    return data


# Doors


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp", "image/mpo", None,
                                  "application/x-www-form-urlencoded"])  # fmt: skip
async def test_a_bare_picture_is_a_frame_without_detections(
    kind: str | None, post: Post, stored: Stored, files: Files
) -> None:
    """What it is, its content says: cameras send JPEG as image/png, and curl sends a form."""
    answer = await post(JPEG, kind)

    data = await the_one(stored, files, answer)
    assert (data["size"], data["text"], data["detections"]) == (SIZE, UNSEEN, [])


@pytest.mark.parametrize(
    ("name", "url"),
    [("image", ""), ("image_base64", ""), ("frame", "data:image/jpeg;base64,"), ("imageData", "")],
)
async def test_a_picture_in_json_is_one_whatever_its_member_is_called(
    name: str, url: str, post: Post, stored: Stored, files: Files
) -> None:
    text = url + base64.b64encode(JPEG).decode()
    sent = {"label": "x", "score": 0.5, name: text}

    data = await the_one(stored, files, await post(json.dumps(sent), "application/json"))

    assert [seen["label"] for seen in data["detections"]] == ["x"]


async def test_base64_may_be_that_of_urls(post: Post, stored: Stored, files: Files) -> None:
    text = base64.urlsafe_b64encode(JPEG).decode()

    await the_one(
        stored, files, await post(json.dumps({"picture_base64": text}), "application/json")
    )


@pytest.mark.parametrize("kind", ["text/plain", URLENCODED, None])
@pytest.mark.parametrize("url", ["", "data:image/jpeg;base64,"])
async def test_base64_may_be_all_there_is(
    url: str, kind: str | None, post: Post, stored: Stored, files: Files
) -> None:
    await the_one(stored, files, await post(url + base64.b64encode(JPEG).decode(), kind))


@pytest.mark.parametrize("name", ["image", "imageFile"])
async def test_base64_may_be_a_form_s_field(
    name: str, post: Post, stored: Stored, files: Files
) -> None:
    """As sketches for cameras send it."""
    body = urlencode({name: base64.b64encode(JPEG).decode()})

    await the_one(stored, files, await post(body, URLENCODED))


async def test_a_form_may_hold_the_document_alone(post: Post, stored: Stored) -> None:
    answer = await post(form(result='{"label": "x", "score": 0.5}'), FORM)

    assert (answer.status, answer.body["detections"]) == (201, 1)
    assert "picture" not in answer.body


async def test_a_document_may_be_called_as_a_picture_is(
    post: Post, stored: Stored, files: Files
) -> None:
    both = form(image=JPEG)[: -len(b"--edge--\r\n")] + form(image='{"label": "x"}')

    data = await the_one(stored, files, await post(both, FORM))

    assert [seen["label"] for seen in data["detections"]] == ["x"]


@pytest.mark.parametrize("name", ["picture", "image", "whatever"])
@pytest.mark.parametrize("first", ["picture", "document"])
async def test_a_form_is_a_picture_and_what_was_seen_on_it(
    name: str, first: str, post: Post, stored: Stored, files: Files
) -> None:
    parts: dict[str, bytes | str] = {name: JPEG, "result": json.dumps(IN_PIXELS)}
    if first == "document":
        parts = dict(reversed(parts.items()))

    answer = await post(form(**parts), FORM)

    data = await the_one(stored, files, answer)
    assert (answer.body["format"], data["size"]) == ("coco", SIZE)
    assert data["detections"][0]["box"] == BOX


@pytest.mark.parametrize("document", [None, "", " \n"])
async def test_a_form_may_hold_a_picture_alone(
    document: str | None, post: Post, stored: Stored, files: Files
) -> None:
    parts = {"picture": JPEG} | ({} if document is None else {"result": document.encode()})

    data = await the_one(stored, files, await post(form(**parts), FORM))

    assert data["text"] == UNSEEN


@pytest.mark.parametrize("url", ["", "data:image/jpeg;base64,"])
async def test_json_may_hold_its_picture(
    url: str, post: Post, stored: Stored, files: Files
) -> None:
    body = in_json(JPEG, url=url, label="person", box=BOX, source="gate")

    data = await the_one(stored, files, await post(body, "application/json"))

    assert data["detections"][0]["box"] == BOX
    assert (data["source"], data["size"]) == ("gate", SIZE)
    assert "picture_base64" not in data


async def test_foreign_json_may_hold_a_picture_too(
    post: Post, stored: Stored, files: Files
) -> None:
    answer = await post(in_json(JPEG, **payloads.AZURE), "application/json")

    await the_one(stored, files, answer)
    assert answer.body["format"] == "azure-vision"


@pytest.mark.parametrize("members", [{}, {"source": "gate"}, {"detections": []}])
async def test_json_may_hold_little_but_its_picture(
    members: dict[str, Any], post: Post, stored: Stored, files: Files
) -> None:
    data = await the_one(stored, files, await post(in_json(JPEG, **members), "application/json"))

    assert data["text"] == ("nothing detected" if members else UNSEEN)
    assert data.get("source") == members.get("source")


async def test_a_cloudevent_may_be_a_picture(post: Post, stored: Stored, files: Files) -> None:
    first = await post(JPEG, "image/jpeg", headers=CLOUDEVENT)
    again = await post(JPEG, "image/jpeg", headers=CLOUDEVENT)
    other = await post(SMALL, "image/png", headers=CLOUDEVENT)

    await the_one(stored, files, first)
    assert (await stored())[0].event.type == "seen"
    assert (again.status, again.body) == (200, first.body | {"duplicate": True})
    assert (other.status, other.code) == (409, "key-conflict")


async def test_the_data_of_a_cloudevent_may_hold_a_picture(
    post: Post, stored: Stored, files: Files
) -> None:
    said = {name.removeprefix("ce-"): value for name, value in CLOUDEVENT.items()}
    body = json.dumps(said | {"data": json.loads(in_json(JPEG, label="person"))})

    answer = await post(body, "application/cloudevents+json")

    assert (await the_one(stored, files, answer))["detections"][0]["label"] == "person"


async def test_any_producer_may_take_pictures(post: Post, stored: Stored, files: Files) -> None:
    alone = await post(JPEG, "image/jpeg", to="snapshot")
    told = await post(form(picture=JPEG, data='{"door": "n"}'), FORM, to="snapshot")

    first, second = (entry.event.data for entry in await stored())
    assert (alone.status, told.status) == (201, 201), told.text
    assert first == {"picture": alone.body["picture"]}
    assert second == {"door": "n", "picture": alone.body["picture"]}


# Sizes


@pytest.mark.parametrize(
    ("to", "query", "scale"),
    [("camera", "", 1), ("camera", "w=1280&h=960", 2),
     ("sized", "", 2), ("sized", "w=640&h=480", 1)],
)  # fmt: skip
async def test_pixels_refer_to_the_size_that_is_declared_else_to_the_picture(
    to: str, query: str, scale: int, post: Post, stored: Stored, files: Files
) -> None:
    rows = [IN_PIXELS[0] | {"bbox": [side * scale for side in (64, 48, 320, 240)]}]

    answer = await post(form(picture=JPEG, result=json.dumps(rows)), FORM, to=to, query=query)

    data = await the_one(stored, files, answer)
    assert data["detections"][0]["box"] == BOX
    assert (data["size"], data["box_space"]) == (SIZE, "relative")


async def test_the_size_in_the_document_goes_before_that_of_the_picture(
    post: Post, stored: Stored, files: Files
) -> None:
    answer = await post(form(picture=SMALL, result=json.dumps(payloads.AZURE)), FORM)

    data = await the_one(stored, files, answer)
    assert data["size"] == {"width": 320, "height": 240}
    assert data["detections"][0]["box"]["x"] == pytest.approx(116 / 573, abs=1e-6)


# Once


async def test_a_picture_is_part_of_the_content_under_a_key(
    post: Post, stored: Stored, files: Files
) -> None:
    key = {"Idempotency-Key": "k"}

    first = await post(JPEG, "image/jpeg", headers=key)
    again = await post(JPEG, "image/jpeg", headers=key)
    other = await post(SMALL, "image/png", headers=key)

    await the_one(stored, files, first)
    assert (again.status, again.body) == (200, first.body | {"duplicate": True})
    assert (other.status, other.code, other.body["stored"]) == (409, "key-conflict", 0)


async def test_a_conflict_leaves_the_picture_that_others_show(
    post: Post, stored: Stored, files: Files
) -> None:
    key = {"Idempotency-Key": "k"}
    shown = await post(SMALL, "image/png")
    await post(JPEG, "image/jpeg", headers=key)

    other = await post(SMALL, "image/png", headers=key)

    assert other.status == 409
    assert shown.body["picture"] in files()
    assert len(await stored()) == 2


async def test_boxes_of_a_turned_picture_are_turned_with_it(post: Post, stored: Stored) -> None:
    """The size is that of before: the box on the left is then at the top."""
    sideways = encoded("JPEG", drawn(640, 480), exif=turned(6))
    left = {"label": "cat", "box": {"x": 0.0, "y": 0.25, "w": 0.25, "h": 0.5}, "size": SIZE}

    answer = await post(form(picture=sideways, result=json.dumps(left)), FORM)

    (entry,) = await stored()
    assert answer.status == 201, answer.text
    data: Any = entry.event.data
    assert data["size"] == {"width": 480, "height": 640}
    assert data["detections"][0]["box"] == {"x": 0.25, "y": 0.0, "w": 0.5, "h": 0.25}


async def test_a_document_that_got_lost_on_its_way_shows_in_the_count(post: Post) -> None:
    box = {"label": "cat", "box": BOX}

    whole = await post(form(picture=JPEG, result=json.dumps([box, box])), FORM)
    lost = await post(form(picture=JPEG), FORM)

    assert (whole.body["detections"], lost.body["detections"]) == (2, 0)


# Refusals


@pytest.mark.parametrize(
    ("body", "kind", "status", "code", "said"),
    [
        (JPEG[:-100], "image/jpeg", 422, "bad-picture", "cut off"),
        (SMALL + JPEG, "image/png", 422, "bad-picture", "lie behind"),
        (b"<svg/>", "image/png", 415, "unsupported-media-type", "JPEG, PNG and WebP"),
        (b"<svg/>", "image/svg+xml", 415, "unsupported-media-type", "image/webp"),
        (encoded("GIF"), "image/gif", 415, "unsupported-media-type", "a GIF; legal are JPEG"),
        (HEIC, "image/heic", 415, "unsupported-media-type", "this is a HEIC picture; legal are"),
        (HEIC, "application/octet-stream", 415, "unsupported-media-type", "a HEIC picture"),
        (HEIC, "application/x-www-form-urlencoded", 415, "unsupported-media-type", "a HEIC"),
        (form(upload=HEIC), FORM, 415, "unsupported-media-type", "a HEIC picture"),
        (encoded("GIF"), "image/jpeg", 415, "unsupported-media-type", "JPEG, PNG and WebP"),
        (b"", "image/jpeg", 400, "empty", "send a picture"),
        (JPEG + b"\0" * 100_000, "image/jpeg", 413, "too-large", "PICTURE_MAX_BYTES"),
        (JPEG, "application/json", 415, "unsupported-media-type", "the body is a JPEG"),
        (JPEG, FORM, 400, "bad-request", "no multipart/form-data"),
        (form(picture=JPEG), "multipart/form-data", 400, "bad-request", "boundary"),
        (form(picture=JPEG)[:-12], FORM, 400, "bad-request", "cut off"),
        (form(), FORM, 400, "bad-request", "one picture"),
        (form(result=" "), FORM, 400, "empty", "neither a picture nor a document"),
        (form(picture=b"", result="{}"), FORM, 400, "empty", "part 'picture' is empty"),
        (form(picture="frame.jpg"), FORM, 415, "unsupported-media-type", "frame.jpg"),
        (form(a=JPEG, b=SMALL), FORM, 400, "bad-request", "2 are pictures"),
        (form(a=JPEG, b="{}", c="{}"), FORM, 400, "bad-request", "at most one document"),
        (form(a=JPEG, b="{"), FORM, 400, "bad-json", "double quotes"),
        (form(a=JPEG, b=b"\xff"), FORM, 400, "bad-encoding", "UTF-8"),
        (form(a=JPEG, b="[1, 2]"), FORM, 422, "invalid-event", "none of eventwall"),
        (form(a=JPEG, b=in_json(SMALL, label="x")), FORM, 422, "bad-picture", "one picture"),
        (form(a=JPEG, b=json.dumps([IN_PIXELS[0], IN_PIXELS[0] | {"image_id": 2}])), FORM, 422,
         "invalid-event", "2 pictures"),
        (in_json(JPEG[:-9], label="x"), "application/json", 422, "bad-picture", "cut off"),
        ('{"label": "x", "picture_base64": "%%%"}', "application/json", 422, "bad-picture",
         "base64"),
        ('{"label": "x", "picture_base64": 7}', "application/json", 422, "bad-picture", "base64"),
        ('{"label": "x", "picture_base64": ""}', "application/json", 415,
         "unsupported-media-type", "legal are"),
        ('{"label": "x"}\n' + in_json(SMALL), "application/x-ndjson", 422, "bad-picture",
         "one picture"),
    ],
)  # fmt: skip
async def test_a_bad_picture_is_refused_and_leaves_nothing(
    body: bytes | str, kind: str, status: int, code: str, said: str,
    post: Post, stored: Stored, files: Files,
) -> None:  # fmt: skip
    answer = await post(body, kind)

    assert (answer.status, answer.code) == (status, code), answer.text
    assert said in answer.body["detail"]
    assert answer.body["stored"] == 0
    assert answer.text.rstrip("\n").isprintable()
    assert (await stored(), files()) == ([], [])


async def test_the_member_of_a_bad_picture_is_pointed_at(post: Post) -> None:
    answer = await post('{"label": "x", "picture_base64": 7}', "application/json")

    assert answer.pointer == "#/picture_base64"


async def test_a_producer_that_takes_no_pictures_says_what_it_takes(
    post: Post, files: Files
) -> None:
    answer = await post(JPEG, "image/jpeg", to="notes")

    assert (answer.status, answer.code) == (415, "unsupported-media-type")
    assert "image/jpeg" not in answer.body["legal"]
    assert files() == []


async def test_nor_does_it_take_one_in_a_form(post: Post, files: Files) -> None:
    answer = await post(form(picture=JPEG, text="door open"), FORM, to="notes")

    assert (answer.status, answer.code) == (415, "unsupported-media-type")
    assert "'picture' is a picture" in answer.body["detail"]
    assert files() == []


@pytest.mark.parametrize(
    "kind", ["image/jpg", "image/pjpeg", "image/png", "application/octet-stream", None]
)
async def test_a_picture_counts_by_its_content(kind: str | None, post: Post, files: Files) -> None:
    answer = await post(JPEG, kind)

    assert answer.status == 201, answer.text
    assert len(files()) == 1


async def test_what_tells_of_nothing_to_keep_leaves_no_picture(post: Post, files: Files) -> None:
    after = payloads.FRIGATE["after"] | {"false_positive": True}
    document = json.dumps(payloads.FRIGATE | {"after": after})

    answer = await post(form(picture=JPEG, result=document), FORM)

    assert (answer.status, answer.body) == (200, {"ids": [], "format": "frigate", "detections": 0})
    assert files() == []


async def test_a_log_that_is_away_leaves_no_picture(
    post: Post, log: MemoryLog, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(events: list[Event]) -> Appended:
        assert len(files()) == 1  # the picture is on the disk before the event is in the log
        raise LogUnavailable

    monkeypatch.setattr(log, "append", away)

    answer = await post(JPEG, "image/jpeg")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert files() == []


async def test_a_disk_that_takes_no_picture_is_told(
    post: Post, stored: Stored, tmp_path: Path
) -> None:
    (tmp_path / "pictures").write_text("a file where the folder should be")

    answer = await post(JPEG, "image/jpeg")

    assert (answer.status, answer.code) == (503, "pictures-unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert await stored() == []


async def test_a_wall_without_a_folder_for_pictures_says_so(
    registry: Registry, log: MemoryLog, tokens: TokenTable
) -> None:
    request = make_request(JPEG, "image/jpeg")

    answer = read(await handle_post(request, "camera", producers=registry, log=log, tokens=tokens))

    assert (answer.status, answer.code) == (415, "unsupported-media-type")
    assert "PICTURES_DIR" in answer.body["detail"]


async def test_only_a_picture_may_be_larger_than_other_bodies(post: Post, files: Files) -> None:
    with override_settings(INGEST_MAX_BYTES=1024, PICTURE_MAX_BYTES=100_000):
        picture = await post(JPEG, "image/jpeg")
        text = await post(in_json(JPEG), "application/json")
        large = await post(JPEG + b"\0" * 102_000, "image/jpeg")

    assert len(JPEG) > 1024
    assert picture.status == 201
    assert (text.status, text.code) == (413, "too-large")
    assert (large.status, large.code) == (413, "too-large")
    assert len(files()) == 1
