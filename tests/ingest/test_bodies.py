"""What senders do, and what becomes of it: the good bodies."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dashboard.log.base import Entry
from tests.ingest.posting import Post

Stored = Callable[[], Awaitable[list[Entry]]]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
NOTE = {"text": "door open", "level": "info"}


@pytest.mark.parametrize(
    ("body", "kind", "to", "data"),
    [
        pytest.param('{"a": 1}', JSON, "things", [{"a": 1}], id="object"),
        pytest.param('{"a": 1}', "Application/JSON; charset=UTF-8", "things", [{"a": 1}],
                     id="case"),
        pytest.param("{}", JSON, "things", [{}], id="empty object"),
        pytest.param(' [ {"a": 1} ,\n{"a": 2}] ', JSON, "things", [{"a": 1}, {"a": 2}], id="array"),
        pytest.param("21.5", JSON, "level", [{"level": 21.5}], id="bare number"),
        pytest.param("[1, 2]", JSON, "level", [{"level": 1}, {"level": 2}], id="numbers"),
        pytest.param('"door open"', JSON, "notes", [NOTE], id="JSON string"),
        pytest.param('{"a":1}\n{"a":2}\n', "application/x-ndjson", "things", [{"a": 1}, {"a": 2}],
                     id="NDJSON"),
        pytest.param('{"a":1}\r\n\r\n{"a":2}', "application/jsonl", "things", [{"a": 1}, {"a": 2}],
                     id="JSON lines"),
        pytest.param("1\n2", "application/ndjson", "level", [{"level": 1}, {"level": 2}],
                     id="lines of numbers"),
        pytest.param("door open", "text/plain", "notes", [NOTE], id="text"),
        pytest.param("ドアが開いた", "text/plain; charset=utf-8", "notes",
                     [{"text": "ドアが開いた", "level": "info"}], id="Japanese text"),
        pytest.param(" 21.5\n", "text/plain", "level", [{"level": 21.5}], id="number as text"),
        # curl -d
        pytest.param("21.5", FORM, "level", [{"level": 21.5}], id="curl -d number"),
        pytest.param('{"a": 1}', FORM, "things", [{"a": 1}], id="curl -d object"),
        pytest.param('[{"a": 1}]', FORM, "things", [{"a": 1}], id="curl -d array"),
        pytest.param("door open", FORM, "notes", [NOTE], id="curl -d text"),
        pytest.param('{"text": "door open"}', FORM, "notes", [NOTE], id="curl -d note"),
        pytest.param("42", FORM, "notes", [{"text": "42", "level": "info"}], id="number as a note"),
        pytest.param("null", FORM, "notes", [{"text": "null", "level": "info"}],
                     id="null as a note"),
        pytest.param("[warn] door", FORM, "notes", [{"text": "[warn] door", "level": "info"}],
                     id="bracket as a note"),
        pytest.param("12345678901234567890", FORM, "notes",
                     [{"text": "12345678901234567890", "level": "info"}], id="digits as a note"),
        # no type at all
        pytest.param("door open", None, "notes", [NOTE], id="untyped text"),
        pytest.param('{"a": 1}', None, "things", [{"a": 1}], id="untyped JSON"),
        pytest.param("21.5", "", "level", [{"level": 21.5}], id="empty type"),
    ],
)  # fmt: skip
async def test_body_becomes_events(
    body: str, kind: str | None, to: str, data: list[Any], post: Post, stored: Stored
) -> None:
    answer = await post(body, kind, to=to)

    entries = await stored()
    assert answer.status == 201, answer.text
    assert [entry.event.data for entry in entries] == data
    assert answer.body == {"ids": [str(entry.id) for entry in entries]}
    assert answer.media_type == JSON
    assert {entry.event.producer for entry in entries} == {to}
    assert {entry.event.key for entry in entries} == {None}


async def test_identity_is_no_encoding(post: Post) -> None:
    assert (await post("{}", headers={"Content-Encoding": "Identity"})).status == 201


async def test_a_thousand_of_each_are_taken_in_order(post: Post, stored: Stored) -> None:
    lines = "\n".join(map(str, range(1_000)))
    array = "[" + ",".join(map(str, range(1_000, 2_000))) + "]"

    assert (await post(lines, "application/x-ndjson", to="level")).status == 201
    assert (await post(array, JSON, to="level")).status == 201

    assert [entry.event.data["level"] for entry in await stored()] == list(range(2_000))


async def test_large_event_that_fits_is_taken(post: Post, stored: Stored) -> None:
    note = '{"a": "' + "x" * 200_000 + '"}'

    assert (await post(f"{note}\n{note}", "application/x-ndjson")).status == 201

    assert len(await stored()) == 2
