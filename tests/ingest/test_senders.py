"""Bodies and tokens as programs send them by themselves, told by nobody how."""

import base64
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import override_settings

from dashboard.ingest.webhook_secrets import WebhookTable
from dashboard.log.base import Entry
from producers.base import Producer
from producers.notes import NotesProducer
from producers.readings import ReadingsProducer
from producers.registry import Registry
from tests.ingest.posting import NARROW_TOKEN, TOKEN, Post
from tests.ingest.test_webhooks import SECRET, key, signed

Stored = Callable[[], Awaitable[list[Entry]]]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TEXT = "text/plain;charset=UTF-8"
NOTE = '{"text": "door open", "level": "warn"}'
KEPT = {"text": "door open", "level": "warn"}


@pytest.fixture
def registry() -> Registry:
    rows = [Producer("things"), NotesProducer("notes"), ReadingsProducer("readings")]
    return Registry({producer.alias: producer for producer in rows})


@pytest.fixture
def webhooks() -> WebhookTable:
    return WebhookTable([key(SECRET)])


def multipart(*parts: tuple[str, str]) -> str:
    written = [
        f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts
    ]
    return "".join(written) + "--b--\r\n"


def multipart_file(name: str, content: str) -> str:
    head = f'Content-Disposition: form-data; name="{name}"; filename="a.json"'
    return f"--b\r\n{head}\r\nContent-Type: application/json\r\n\r\n{content}\r\n--b--\r\n"


@pytest.mark.parametrize(
    ("body", "kind", "to", "data"),
    [
        # forms are fields
        ("text=door+open&level=warn", FORM, "notes", KEPT),
        ("text=door%20open&level=warn&", FORM, "notes", KEPT),
        ("text=door open&level=warn", FORM, "notes", KEPT),
        ("text=%E6%88%B8&level=warn", FORM, "notes", {"text": "戸", "level": "warn"}),
        ("a=1&b=%20+", FORM, "things", {"a": "1", "b": "  "}),
        ("temperature=21.4&humidity=40", FORM, "readings", {"temperature": 21.4, "humidity": 40}),
        ("temperature=21.4", FORM, "readings", {"temperature": 21.4}),
        ("value=21.4&unit=°C", FORM, "readings", {"value": 21.4, "unit": "°C"}),
        ("payload=%7B%22a%22%3A+1%7D", FORM, "things", {"a": 1}),
        (multipart(("text", "door open"), ("level", "warn")), "multipart/form-data; boundary=b",
         "notes", KEPT),
        (multipart(("payload", NOTE)), "multipart/form-data; boundary=b", "notes", KEPT),
        (multipart_file("upload", NOTE), "multipart/form-data; boundary=b", "notes", KEPT),
        # what curl -d sends and is no form stays what it was
        ("aGVsbG8=", FORM, "notes", {"text": "aGVsbG8=", "level": "info"}),
        ("rate=5", FORM, "notes", {"text": "rate=5", "level": "info"}),
        ("x = y & z", FORM, "notes", {"text": "x = y & z", "level": "info"}),
        # JSON under other names
        (NOTE, TEXT, "notes", KEPT),
        (f"[{NOTE}]", TEXT, "notes", KEPT),
        (NOTE, TEXT, "things", KEPT),
        (NOTE, "application/vnd.acme.door+json; charset=utf-8", "notes", KEPT),
        (NOTE, "application/problem+json", "notes", KEPT),
        (NOTE, "text/json", "notes", KEPT),
        (NOTE, "application/x-json", "notes", KEPT),
        (NOTE, "application/octet-stream", "notes", KEPT),
        ("door open", "application/octet-stream", "notes", {"text": "door open", "level": "info"}),
        ("[warn] door", TEXT, "notes", {"text": "[warn] door", "level": "info"}),
        ('["a"] is a list', TEXT, "notes", {"text": '["a"] is a list', "level": "info"}),
        ("{a} b", TEXT, "notes", {"text": "{a} b", "level": "info"}),
        # JSON in JSON
        (json.dumps(NOTE), JSON, "notes", KEPT),
        # names of ASCII, or none
        (NOTE, "application/json; charset=", "notes", KEPT),
        (NOTE, "application/json; charset=us-ascii", "notes", KEPT),
        (NOTE, 'application/json; charset="ASCII"', "notes", KEPT),
        ("door open", "text/plain; charset=ANSI_X3.4-1968", "notes",
         {"text": "door open", "level": "info"}),
    ],
)  # fmt: skip
async def test_body_is_read_as_it_was_meant(
    body: str, kind: str, to: str, data: dict[str, Any], post: Post, stored: Stored
) -> None:
    answer = await post(body, kind, to=to)

    assert answer.status == 201, answer.text
    [entry] = await stored()
    assert entry.event.data == data
    assert "left_out" not in answer.body


@pytest.mark.parametrize(
    ("body", "kind", "to", "code", "says"),
    [
        ("txt=door+open&level=warn", FORM, "notes", "invalid-event", "text"),
        ("a=1&a=2", FORM, "things", "bad-request", "'a' twice"),
        ("a=%FF", FORM, "things", "bad-encoding", "not UTF-8"),
        ("a=%00", FORM, "things", "bad-json", "U+0000"),
        ("&".join(f"a{n}=1" for n in range(1_001)), FORM, "things", "bad-request", "1000"),
        (multipart(("a", "1"), ("a", "2")), "multipart/form-data; boundary=b", "things",
         "bad-request", "'a' twice"),
        (multipart(("a", "x" * 1_048_576)), "multipart/form-data; boundary=b", "things",
         "too-large", "1048576"),
        ("x" * 1_048_577, "application/octet-stream", "notes", "too-large", "1048576"),
        ('{"colour": "red"}', TEXT, "notes", "invalid-event", "text"),
        ('{"text": 1', TEXT, "things", "bad-json", "column"),
    ],
)  # fmt: skip
async def test_what_is_no_good_form_or_text_is_told(
    body: str, kind: str, to: str, code: str, says: str, post: Post, stored: Stored
) -> None:
    answer = await post(body, kind, to=to)

    assert (answer.code, says in answer.body["detail"]) == (code, True), answer.text
    assert await stored() == []


@pytest.mark.parametrize("kind", [JSON, TEXT, FORM, None])
async def test_a_line_each_is_a_batch_whatever_it_is_called(
    kind: str | None, post: Post, stored: Stored
) -> None:
    """As Fluent Bit sends it."""
    answer = await post(f'{NOTE}\n{{"text": "b"}}\n', kind, to="notes")

    assert (answer.status, len(answer.body["ids"])) == (201, 2), answer.text


async def test_lines_that_are_no_json_are_told_with_their_number(post: Post) -> None:
    answer = await post(f"{NOTE}\n{{}} x\n", JSON, to="notes")

    assert (answer.code, answer.body["line"]) == ("bad-json", 2)


async def test_gzip_that_does_not_say_so_is_told_what_to_say(post: Post) -> None:
    answer = await post(gzip.compress(NOTE.encode()), JSON, to="notes")

    assert (answer.status, "Content-Encoding: gzip" in answer.body["detail"]) == (400, True)


async def test_forms_that_are_long_are_read_in_time(post: Post) -> None:
    for body in ("a" * 1_000_000 + "=!", "a=" + "b" * 1_000_000 + "\n", "a=b&" * 250_000 + "\n"):
        assert (await post(body, FORM, to="notes")).status in (400, 422)


class TestGzip:
    async def post(self, post: Post, body: bytes, coding: str = "gzip", **more: Any) -> Any:
        return await post(body, to="notes", headers={"Content-Encoding": coding}, **more)

    @pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip", "identity, gzip"])
    async def test_is_unpacked(self, coding: str, post: Post, stored: Stored) -> None:
        assert (await self.post(post, gzip.compress(NOTE.encode()), coding)).status == 201

        [entry] = await stored()
        assert entry.event.data == KEPT

    async def test_of_a_form_too(self, post: Post, stored: Stored) -> None:
        body = gzip.compress(b"text=door+open&level=warn")

        assert (await self.post(post, body, content_type=FORM)).status == 201
        assert [entry.event.data for entry in await stored()] == [KEPT]

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (gzip.compress(b" " * 1_048_577), "too-large"),
            (gzip.compress(b" " * 100_000_000), "too-large"),
            (gzip.compress(NOTE.encode())[:-9], "bad-request"),
            (gzip.compress(NOTE.encode()) * 2, "bad-request"),
            (gzip.compress(b"") * 20_000, "bad-request"),
            (NOTE.encode(), "bad-request"),
            (zlib.compress(NOTE.encode()), "bad-request"),
            (b"", "bad-request"),
        ],
        # The bytes hold the time at which they were made.
        ids=["large", "bomb", "cut off", "twice", "many", "plain", "zlib", "empty"],
    )
    async def test_is_bounded_and_whole(
        self, body: bytes, code: str, post: Post, stored: Stored
    ) -> None:
        assert (await self.post(post, body)).code == code
        assert await stored() == []

    @pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd"])
    async def test_other_codings_are_refused(self, coding: str, post: Post) -> None:
        answer = await self.post(post, NOTE.encode(), coding)

        assert (answer.status, answer.code) == (415, "unsupported-content-encoding")
        assert answer.headers["Accept-Encoding"] == "gzip, identity"


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class TestToken:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Authorization": f"Token {TOKEN}"},
            {"Authorization": f"token {TOKEN}"},
            {"Authorization": basic("wall", TOKEN)},
            {"Authorization": basic("", TOKEN)},
            {"Authorization": basic(TOKEN, "")},
            {"X-Api-Key": TOKEN},
            {"X-Gitlab-Token": TOKEN},
            {"Authorization": "Bearer of-a-gateway", "X-Api-Key": TOKEN},
            {"Authorization": basic("proxy", "its password"), "X-Api-Key": TOKEN},
            {"Authorization": f"Bearer {TOKEN}", "X-Api-Key": "of another"},
        ],
    )
    async def test_may_be_shown_in_several_ways(self, headers: dict[str, str], post: Post) -> None:
        assert (await post(NOTE, token=None, headers=headers)).status == 201

    @pytest.mark.parametrize(
        ("headers", "code", "says"),
        [
            ({}, "no-token", "no header shows a token"),
            ({"Authorization": "Bearer x"}, "invalid-token", "Authorization: Bearer was tried"),
            ({"Authorization": "Token x"}, "invalid-token", "Authorization: Token was tried"),
            ({"X-Api-Key": "x"}, "invalid-token", "X-Api-Key was tried"),
            ({"Authorization": basic(TOKEN, "x")}, "invalid-token", "Basic (its password) was"),
            ({"Authorization": "Basic %%%"}, "no-token", "Basic was tried: it is no base64"),
            ({"Authorization": "Basic eA=="}, "no-token", "Basic was tried: it has no password"),
            ({"Authorization": "Digest a=b"}, "no-token", "the scheme 'Digest'"),
            ({"Authorization": TOKEN}, "no-token", "begins with no scheme"),
            ({"Authorization": "hunter2"}, "no-token", "Authorization shows no token"),
        ],
    )
    async def test_that_is_none_is_told_which_way_was_tried(
        self, headers: dict[str, str], code: str, says: str, post: Post
    ) -> None:
        answer = await post(NOTE, token=None, headers=headers)

        assert (answer.status, answer.code) == (401, code)
        assert says in answer.body["detail"]
        assert "hunter2" not in answer.text
        assert TOKEN not in answer.text

    @pytest.mark.parametrize("way", ["Bearer eyJhbGciOi", basic("hook", "x"), "Digest a=b"])
    async def test_of_another_hides_no_signature(self, way: str, post: Post) -> None:
        headers = {"Authorization": way, "X-Api-Key": "of another"}

        assert (await post("{}", token=None, headers=headers | signed(body="{}"))).status == 201
        assert (await post("{}", token=None, headers=headers | signed(body=" "))).code == (
            "invalid-signature"
        )

    async def test_of_ours_is_not_made_good_by_a_signature(self, post: Post) -> None:
        for way in ({"X-Api-Key": NARROW_TOKEN}, {"Authorization": basic("x", NARROW_TOKEN)}):
            answer = await post("{}", token=None, headers=way | signed(body="{}"))

            assert answer.code == "insufficient-scope"


NOTES = [
    ({"message": "x"}, {"text": "x", "level": "info"}, []),
    ({"msg": "x", "severity": 3}, {"text": "x", "level": "error"}, []),
    ({"event": "x"}, {"text": "x", "level": "info"}, []),
    ({"body": "x"}, {"text": "x", "level": "info"}, []),
    ({"description": "x", "level": None}, {"text": "x", "level": "info"}, ["#/level"]),
    ({"text": "x", "level": "WARN"}, {"text": "x", "level": "warn"}, []),
    ({"text": "x", "level": "warning"}, {"text": "x", "level": "warn"}, []),
    ({"text": "x", "level": "critical"}, {"text": "x", "level": "error"}, []),
    ({"text": "x", "level": "Fatal"}, {"text": "x", "level": "error"}, []),
    ({"text": "x", "level": "ok"}, {"text": "x", "level": "info"}, []),
    ({"text": "x", "level": "notice"}, {"text": "x", "level": "info"}, []),
    ({"text": "x", "level": 7}, {"text": "x", "level": "debug"}, []),
    ({"text": "x", "level": "4"}, {"text": "x", "level": "warn"}, []),
    ({"text": "x", "title": "t"}, {"text": "x", "level": "info", "title": "t"}, []),
    ({"title": "t"}, {"text": "t", "level": "info"}, []),
    ({"title": "Backup", "message": "done", "priority": 5},
     {"text": "done", "level": "error", "title": "Backup"}, []),
    ({"message": "open", "title": "Home", "data": {"tag": "g"}},
     {"text": "open", "level": "info", "title": "Home"}, ["#/data"]),
    ({"topic": "t", "message": "full", "title": "Alert", "tags": ["warning"], "priority": 4},
     {"text": "full", "level": "warn", "title": "Alert"}, ["#/topic", "#/tags"]),
]  # fmt: skip

READINGS = [
    ({"device": "esp1", "temperature": 21.4}, {"device": "esp1", "temperature": 21.4}, []),
    ({"temperature": 21.4, "humidity": None}, {"temperature": 21.4}, ["#/humidity"]),
    ({"temperature": "21.4", "humidity": "nan"}, {"temperature": 21.4}, ["#/humidity"]),
    ({"temperature": 21.4, "on": True, "list": [1]}, {"temperature": 21.4}, ["#/on", "#/list"]),
    ({"h": {"value": 1, "until": 3}}, {"h": {"value": 1}}, ["#/h/until"]),
    ({"temperature": 21.4, "unit": "°C"}, {"temperature": {"value": 21.4, "unit": "°C"}}, []),
    ({"serial": "00123", "device": "7", "co2": "800"},
     {"serial": "00123", "device": "7", "co2": 800}, []),
    ({"entity_id": "sensor.t", "state": "21.4",
      "attributes": {"unit_of_measurement": "°C", "friendly_name": "T"}},
     {"value": 21.4, "entity_id": "sensor.t", "unit": "°C", "name": "T"}, []),
    ({"DHT22": {"Temperature": 21.4, "Humidity": 40}},
     {"DHT22 Temperature": 21.4, "DHT22 Humidity": 40}, []),
    ({"values": [64897024], "dstypes": ["gauge"], "dsnames": ["value"], "interval": 2.0,
      "host": "box", "plugin": "memory", "type": "memory", "type_instance": "free"},
     {"host": "box", "plugin": "memory", "type": "memory", "type_instance": "free",
      "free": 64897024}, []),
    ({"values": [1, 2], "dsnames": ["rx", "tx"], "host": "box", "type": "if_octets"},
     {"host": "box", "type": "if_octets", "if_octets rx": 1, "if_octets tx": 2}, []),
    ({"current": 100, "last": 90}, {"current": 100, "last": 90}, []),
    ({"time": 12.5, "laps": 3}, {"time": 12.5, "laps": 3}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("to", "sent", "kept", "left_out"),
    [("notes", *row) for row in NOTES] + [("readings", *row) for row in READINGS],
)
async def test_object_is_understood_and_what_is_left_out_is_told(
    to: str,
    sent: dict[str, Any],
    kept: dict[str, Any],
    left_out: list[str],
    post: Post,
    stored: Stored,
) -> None:
    answer = await post(json.dumps(sent), to=to)

    assert answer.status == 201, answer.text
    [entry] = await stored()
    assert entry.event.data == kept
    assert answer.body.get("left_out", []) == left_out


@pytest.mark.parametrize("to", ["notes", "readings"])
@pytest.mark.parametrize(
    "stamp",
    [
        {"time": 1795812718},
        {"timestamp": 1795812718000},
        {"ts": "1795812718"},
        {"Time": "2026-11-27T20:51:58"},
        {"@timestamp": "2026-11-27T21:51:58+01:00"},
        {"date": "nonsense", "time": 1795812718.0},
    ],
)
async def test_a_time_is_the_event_s_and_no_measure(
    to: str, stamp: dict[str, Any], post: Post, stored: Stored
) -> None:
    sent = {"temperature": 21.4} if to == "readings" else {"text": "x"}

    answer = await post(json.dumps(sent | stamp), to=to)

    [entry] = await stored()
    assert answer.status == 201
    assert entry.event.time == datetime(2026, 11, 27, 20, 51, 58, tzinfo=UTC)
    assert not {"time", "timestamp", "ts", "Time", "@timestamp"} & entry.event.data.keys()


@pytest.mark.parametrize(
    ("sent", "subject"),
    [
        ({"device": "esp1", "temperature": 21.4}, "esp1"),
        ({"note": "attic", "temperature": 21.4}, "attic"),
        ({"note": "attic", "room": "hall", "temperature": 21.4}, "hall"),
        ({"temperature": 21.4, "unit": "°C"}, None),
    ],
)
async def test_a_label_is_the_subject(
    sent: dict[str, Any], subject: str | None, post: Post, stored: Stored
) -> None:
    await post(json.dumps(sent), to="readings")

    [entry] = await stored()
    assert entry.event.subject == subject


async def test_left_out_in_a_batch_says_where(post: Post) -> None:
    answer = await post('[{"a": 1}, {"a": 1, "b": null}]', to="readings")

    assert answer.body["left_out"] == ["#/1/b"]


@pytest.mark.parametrize(
    "sent", [{"device": "esp1"}, {"humidity": None}, {"state": "on", "attributes": {}}]
)
async def test_nothing_that_is_measured_is_refused(
    sent: dict[str, Any], post: Post, stored: Stored
) -> None:
    answer = await post(json.dumps(sent), to="readings")

    assert (answer.status, answer.code) == (422, "invalid-event")
    assert await stored() == []


async def test_limits_hold_for_what_is_unpacked(post: Post) -> None:
    with override_settings(INGEST_MAX_BYTES=2_000):
        answer = await post(gzip.compress(b" " * 2_001), headers={"Content-Encoding": "gzip"})

    assert (answer.status, answer.body["legal"]) == (413, {"bytes": 2_000})
