"""CloudEvents 1.0 coming in: structured, batched and binary."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from dashboard.ingest.cloudevents import from_json
from dashboard.log.base import Entry
from dashboard.log.memory import MemoryLog
from tests.ingest.posting import Post

Stored = Callable[[], Awaitable[list[Entry]]]

ONE = "application/cloudevents+json"
MANY = "application/cloudevents-batch+json"


def cloudevent(**changes: Any) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "/sensors/4",
        "type": "sensor.reading",
        "data": {"t": 21.4},
        **changes,
    }
    return {name: value for name, value in event.items() if value is not ...}


async def test_structured_event_keeps_its_context(post: Post, stored: Stored) -> None:
    event = cloudevent(
        time="2018-04-05T17:31:00.25+09:00",
        subject="人物",
        datacontenttype="application/json; charset=utf-8",
        comexampleextension=5,
        dataschema=None,
    )

    answer = await post(json.dumps(event), ONE + "; charset=utf-8")

    [entry] = await stored()
    assert answer.status == 201
    assert entry.event.type == "sensor.reading"
    assert entry.event.subject == "人物"
    assert entry.event.key == "/sensors/4 1"
    assert entry.event.data == {"t": 21.4}
    tokyo = timezone(timedelta(hours=9))
    assert entry.event.time == datetime(2018, 4, 5, 17, 31, 0, 250_000, tokyo)


async def test_batch_gives_each_event_its_key(post: Post, stored: Stored) -> None:
    batch = [cloudevent(id="a"), cloudevent(id="b", time="2018-04-05t17:31:00z")]

    answer = await post(json.dumps(batch), MANY)

    entries = await stored()
    assert answer.status == 201
    assert [entry.event.key for entry in entries] == ["/sensors/4 a", "/sensors/4 b"]
    assert entries[1].event.time == datetime(2018, 4, 5, 17, 31, tzinfo=UTC)


async def test_binary_mode_reads_headers(post: Post, stored: Stored) -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-type": '"com.example.\\"some\\" event"',
        "ce-id": "1%25",
        "ce-source": "/a%20b".replace("%20", "-"),
        "ce-subject": "Euro%20%E2%82%AC%20%F0%9F%98%80",
        "ce-time": "2018-04-05T17:31:00Z",
    }

    answer = await post('{"t": 1}', headers=headers)

    [entry] = await stored()
    assert answer.status == 201, answer.text
    assert entry.event.type == 'com.example."some" event'
    assert entry.event.key == "/a-b 1%"
    assert entry.event.subject == "Euro € 😀"
    assert entry.event.data == {"t": 1}


@pytest.mark.parametrize(
    ("body", "kind", "to", "data"),
    [
        ("", None, "things", {}),
        ("door open", "text/plain", "notes", {"text": "door open", "level": "info"}),
        ("21.5", "application/json", "level", {"level": 21.5}),
    ],
)
async def test_binary_mode_takes_what_the_producer_takes(
    body: str, kind: str | None, to: str, data: Any, post: Post, stored: Stored
) -> None:
    headers = {"ce-specversion": "1.0", "ce-type": "t", "ce-id": "1", "ce-source": "s"}

    answer = await post(body, kind, to=to, headers=headers)

    assert answer.status == 201, answer.text
    assert [entry.event.data for entry in await stored()] == [data]


async def test_structured_text_reaches_a_producer_of_text(post: Post, stored: Stored) -> None:
    event = cloudevent(data="door open", datacontenttype="text/plain")

    assert (await post(json.dumps(event), ONE, to="notes")).status == 201
    assert (await post(json.dumps(event), ONE, to="things")).status == 415


async def test_missing_data_is_an_empty_object(post: Post, stored: Stored) -> None:
    assert (await post(json.dumps(cloudevent(data=...)), ONE)).status == 201

    assert [entry.event.data for entry in await stored()] == [{}]


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"id": ...}, 400, "#/id"),
        ({"id": None}, 400, "#/id"),
        ({"id": ""}, 400, "#/id"),
        ({"id": 7}, 400, "#/id"),
        ({"id": "a\nb"}, 400, "#/id"),
        ({"id": "a\u200bb"}, 400, "#/id"),
        ({"id": "k" * 1025}, 400, "#/id"),
        ({"source": ...}, 400, "#/source"),
        ({"source": "a b"}, 400, "#/source"),
        ({"source": "a\u3000b"}, 400, "#/source"),
        ({"specversion": "0.3"}, 400, "#/specversion"),
        ({"specversion": ...}, 400, "#/specversion"),
        ({"specversion": 1.0}, 400, "#/specversion"),
        ({"type": ...}, 400, "#/type"),
        ({"type": "a\x7fb"}, 400, "#/type"),
        ({"type": "a\x85b"}, 400, "#/type"),
        ({"type": "t" * 256}, 400, "#/type"),
        ({"subject": "a\u202eb"}, 400, "#/subject"),
        ({"subject": "a\u2028b"}, 400, "#/subject"),
        ({"subject": "\x00"}, 400, "#/subject"),
        ({"subject": ""}, 400, "#/subject"),
        ({"subject": ["a"]}, 400, "#/subject"),
        ({"time": "yesterday"}, 400, "#/time"),
        ({"time": "2018-04-05T17:31:00"}, 400, "#/time"),
        ({"time": "2018-04-05"}, 400, "#/time"),
        ({"time": "2018-13-05T17:31:00Z"}, 400, "#/time"),
        ({"time": "0001-01-01T00:00:00+14:00"}, 400, "#/time"),
        ({"time": "9999-12-31T23:59:59-14:00"}, 400, "#/time"),
        ({"time": "２０１８-04-05T17:31:00Z"}, 400, "#/time"),
        ({"time": 1522949460}, 400, "#/time"),
        ({"datacontenttype": "application/xml"}, 415, "#/datacontenttype"),
        ({"datacontenttype": "text/plain"}, 415, "#/datacontenttype"),
        ({"data_base64": "AAAA"}, 415, "#/data_base64"),
        ({"data": None}, 400, "#/data"),
        ({"data": [1]}, 422, "#/data"),
        ({"data": "text"}, 422, "#/data"),
    ],
)
async def test_bad_attribute_is_named(
    changes: dict[str, Any], status: int, pointer: str, post: Post, log: MemoryLog
) -> None:
    structured = await post(json.dumps(cloudevent(**changes)), ONE)
    batched = await post(json.dumps([cloudevent(id="good"), cloudevent(**changes)]), MANY)

    assert structured.status == batched.status == status, structured.text
    assert next(iter(changes)) in structured.body["detail"]
    assert structured.pointer == pointer
    assert batched.pointer == pointer.replace("#", "#/1")
    assert batched.body["index"] == 1
    assert (await log.bounds()).newest.seq == 0


@pytest.mark.parametrize(
    ("changes", "attribute"),
    [
        ({"ce-id": None}, "ce-id"),
        ({"ce-source": None}, "ce-source"),
        ({"ce-type": None}, "ce-type"),
        ({"ce-specversion": None}, "ce-specversion"),
        ({"ce-subject": "%FF"}, "ce-subject"),
        ({"ce-subject": "\xe9"}, "ce-subject"),
        ({"ce-id": "a%0D%0Ab"}, "ce-id"),
        ({"ce-type": "a%00"}, "ce-type"),
    ],
)
async def test_bad_header_is_named(
    changes: dict[str, str | None], attribute: str, post: Post
) -> None:
    headers = {"ce-specversion": "1.0", "ce-type": "t", "ce-id": "1", "ce-source": "s", **changes}
    given = {name: value for name, value in headers.items() if value is not None}

    answer = await post("{}", headers=given)

    assert (answer.status, answer.code) == (400, "bad-attribute")
    assert answer.body["errors"][0]["header"] == attribute


async def test_binary_mode_is_for_one_event(post: Post) -> None:
    headers = {"ce-specversion": "1.0", "ce-type": "t", "ce-id": "1", "ce-source": "s"}

    assert (await post("{}\n{}", "application/x-ndjson", headers=headers)).status == 415
    assert (await post("[{}]", headers=headers)).status == 422
    assert (await post("null", headers=headers)).status == 400
    assert (await post("{", headers=headers)).code == "bad-json"
    assert (await post("text", "text/plain", headers=headers)).status == 415


async def test_shape_must_be_as_the_type_says(post: Post) -> None:
    one, many = json.dumps(cloudevent()), json.dumps([cloudevent()])

    assert (await post(one, MANY)).status == 400
    assert (await post(many, ONE)).status == 400
    assert (await post("[]", MANY)).status == 400
    assert (await post("[1]", MANY)).pointer == "#/0"
    assert (await post('"x"', ONE)).pointer == "#"
    assert (await post("<a/>", "application/cloudevents+xml")).status == 415


async def test_same_source_and_id_is_the_same_event(post: Post, log: MemoryLog) -> None:
    first = await post(json.dumps(cloudevent()), ONE)
    again = await post(json.dumps(cloudevent(time="2018-04-05T17:31:00Z")), ONE)
    batched = await post(json.dumps([cloudevent(id="2"), cloudevent()]), MANY)
    other = await post(json.dumps(cloudevent(data={"t": 22})), ONE)

    assert (first.status, again.status) == (201, 200)
    assert again.body == {**first.body, "duplicate": True}
    assert "index" not in other.body
    assert batched.status == 201
    assert batched.body["ids"][1] == first.body["ids"][0]
    assert (other.status, other.code) == (409, "key-conflict")
    assert (await log.bounds()).newest.seq == 2


async def test_repeats_inside_a_batch_are_one_event(post: Post, log: MemoryLog) -> None:
    a, b = cloudevent(id="a"), cloudevent(id="b")

    answer = await post(json.dumps([a, a, b, a, b, b]), MANY)
    alone = await post(json.dumps(a), ONE)

    first, _, second, third, fourth, fifth = answer.body["ids"]
    assert answer.status == 201
    assert answer.body["ids"][1] == first == third
    assert second == fourth == fifth != first
    assert alone.body == {"ids": [first], "duplicate": True}
    assert (await log.bounds()).newest.seq == 2


async def test_repeat_with_other_content_is_a_conflict(post: Post, log: MemoryLog) -> None:
    answer = await post(json.dumps([cloudevent(), cloudevent(data={"t": 0})]), MANY)

    assert (answer.status, answer.code) == (409, "key-conflict")
    assert answer.body["index"] == 1
    assert (await log.bounds()).newest.seq == 0


async def test_conflict_in_a_batch_is_told_with_its_index(post: Post) -> None:
    await post(json.dumps(cloudevent()), ONE)
    new = cloudevent(id="new")

    answer = await post(json.dumps([new, new, cloudevent(data={"t": 0})]), MANY)

    assert (answer.status, answer.code) == (409, "key-conflict")
    assert answer.body["index"] == 2


def test_keys_of_long_and_of_confusing_names_differ() -> None:
    def key(**changes: str) -> str:
        return from_json(cloudevent(**changes), takes_text=False).key

    keys = {
        key(source="a", id="b c"),
        key(source="a/b", id="c"),
        key(source="s" * 1000, id="i"),
        key(source="s" * 1000, id="j"),
    }

    assert len(keys) == 4
    assert max(map(len, keys)) <= 255
