"""`manage.py send` and `producers`, beside a running wall."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.management.commands.send import parse
from tests.producers.detections import payloads
from tests.support.wall import Wall


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["21.4"], 21.4),
        (['{"value": 21.4}'], {"value": 21.4}),
        (["value=21.4", "unit=°C"], {"value": 21.4, "unit": "°C"}),
        (["text=door open", "level=warn"], {"text": "door open", "level": "warn"}),
        (["the", "door", "is", "open"], "the door is open"),
        (["=odd"], "=odd"),
        ("from standard input\n", "from standard input"),
    ],
)
def test_words_are_read_as_they_were_meant(words: list[str] | str, meant: object) -> None:
    assert parse(words) == meant


@pytest.fixture(scope="module")
def wall(shared_wall: Wall) -> Wall:
    """Return one server for all tests of this file that do not ask for their own."""
    return shared_wall


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody", "1"], "known are clock, host, readings, notes"),
        (["readings", "warm"], "readings"),
        (["notes", "level=loud", "text=x"], "level"),
    ],
)
def test_what_does_not_fit_is_told_and_not_stored(
    wall: Wall, arguments: list[str], said: str
) -> None:
    (before,) = wall.post("notes", {"text": "before"})[1]["ids"]

    told = wall.manage("send", *arguments, check=False)

    assert said in told
    assert "Traceback" not in told
    with wall.events("/events/?producer=readings,notes", Last_Event_ID=before) as stream:
        wall.post("notes", {"text": "the only one"})
        (event,) = stream.until(1, "notes")
    assert stream.of("readings") == []
    assert json.loads(event.data)["data"]["text"] == "the only one"


def test_a_key_is_stored_once(wall: Wall) -> None:
    first = wall.manage("send", "notes", "--key", "k", "text=once")
    second = wall.manage("send", "notes", "--key", "k", "text=once")
    other = wall.manage("send", "notes", "--key", "k", "text=twice", check=False)

    assert first == second
    assert "'k'" in other
    assert "nothing was stored" in other


CAMERA = {"BACKEND": "producers.detections.DetectionProducer"}


@pytest.fixture(scope="module")
def watched(share_wall: Callable[..., Wall]) -> Wall:
    """Return a running wall with a camera, and a feed of notes."""
    return share_wall(
        PRODUCERS={"camera": CAMERA, "notes": {"BACKEND": "producers.notes.NotesProducer"}}
    )


def now(wall: Wall) -> str:
    """Return a cursor: what comes after it has not been said yet."""
    (cursor,) = wall.post("notes", {"text": "until now"})[1]["ids"]
    return str(cursor)


def seen(wall: Wall, count: int, since: str) -> list[dict[str, Any]]:
    """Return the data of the first `count` events of the camera after a cursor."""
    with wall.events("/events/?producer=camera", Last_Event_ID=since) as stream:
        return [json.loads(event.data)["data"] for event in stream.until(count, "camera")]


def test_documents_of_any_format_are_sent_from_a_file(watched: Wall, tmp_path: Path) -> None:
    coco, yolo = tmp_path / "coco.json", tmp_path / "yolo.txt"
    coco.write_text(json.dumps([payloads.COCO[0] | {"image_id": image} for image in (1, 2)]))
    yolo.write_text("0 0.5 0.5 0.2 0.4 0.91\n16 0.25 0.5 0.1 0.1\n")

    began = now(watched)

    ids = watched.manage("send", "camera", f"@{coco}", "--size", "640x480").split()
    ids += watched.manage("send", "camera", f"@{yolo}", "--format", "YOLO_txt").split()

    first, second, third = seen(watched, 3, began)
    assert len(set(ids)) == 3
    assert (first["id"], second["id"], third["format"]) == ("1", "2", "yolo-txt")
    assert first["detections"][0]["box"]["x"] == pytest.approx(258.15 / 640, abs=1e-6)
    assert [one["label"] for one in third["detections"]] == ["class 0", "class 16"]


def test_a_document_that_tells_nothing_is_taken_and_not_stored(watched: Wall) -> None:
    after = payloads.FRIGATE["after"] | {"false_positive": True}
    began = now(watched)

    told = watched.manage("send", "camera", json.dumps(payloads.FRIGATE | {"after": after}))
    watched.manage("send", "camera", json.dumps(payloads.OWN))

    assert told == "frigate: there is nothing in it to keep\n"
    assert [data["format"] for data in seen(watched, 1, began)] == ["eventwall"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["camera", "@nowhere.json"], "@nowhere.json names a file that cannot be read"),
        (
            ["camera", "[]", "--format", "pascal"],
            "--format: there is no format 'pascal'; legal are",
        ),
        (
            ["camera", "[]", "--format", "coco", "--size", "640"],
            "--size: '' is no number of pixels",
        ),
        (["notes", "hello", "--format", "coco"], "producer 'notes' reads no documents"),
        (["camera", json.dumps(payloads.COCO), "--format", "roboflow"], "'predictions' is missing"),
        (["camera", '{"text": "hello"}'], "this is none of eventwall, azure-vision"),
    ],
)
def test_a_document_that_does_not_fit_is_told(
    watched: Wall, arguments: list[str], said: str
) -> None:
    told = watched.manage("send", *arguments, check=False)

    assert said in told
    assert "Traceback" not in told


def test_a_document_that_no_log_holds_is_told(watched: Wall, tmp_path: Path) -> None:
    thing = {"label": "x" * 200, "zones": ["z" * 200] * 8}
    (tmp_path / "long.json").write_text(json.dumps({"detections": [thing] * 200}))

    told = watched.manage("send", "camera", f"@{tmp_path / 'long.json'}", check=False)

    assert "legal: at most 262,144" in told
    assert "nothing was stored" in told


def test_producers_tells_state_and_when_each_last_spoke(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall()
    wall.post("notes", {"text": "hello"})
    with wall.events("/events/?since=all&producer=clock") as stream:
        stream.until(1, "clock")

    rows = {line.split()[0]: line for line in wall.manage("producers").splitlines()}

    assert "producers.clock.ClockProducer" in rows["clock"]
    assert "running" in rows["clock"]
    assert "listening" in rows["notes"]
    assert "never" in rows["readings"]
    assert "never" not in rows["notes"]
