"""Every bad request is answered with its problem, and nothing of it is stored."""

import logging
from typing import Any

import pytest
from django.test import override_settings

from dashboard.http.problems import PROBLEMS
from dashboard.log.base import Appended, LogUnavailable
from dashboard.log.memory import MemoryLog
from producers.base import Producer
from producers.config import Misconfigured
from producers.readings import ReadingsProducer
from producers.registry import Registry
from tests.ingest.posting import Answer, Post

JSON = "application/json"
NDJSON = "application/x-ndjson"
FORM = "application/x-www-form-urlencoded"


def case(
    name: str, body: str | bytes, status: int, code: str, pointer: str | None, **more: Any
) -> Any:
    return pytest.param(body, status, code, pointer, more, id=name)


CASES = [
    # I1: nothing, or more than one thing
    case("empty", "", 400, "empty", "#"),
    case("space", " \n", 400, "empty", "#"),
    case("null", "null", 400, "empty", "#"),
    case("empty array", "[ ]", 400, "empty", "#"),
    case("trailing garbage", '{"a": 1} x', 400, "bad-json", "#"),
    case("cut off", '{"a": ', 400, "bad-json", "#"),
    case("null in a batch", '[{"a": 1}, null]', 400, "empty", "#/1", index=1),
    case("empty lines", "\n\n", 400, "empty", "#", kind=NDJSON),
    case("null line", '{}\n\nnull\n', 400, "empty", "#/1", kind=NDJSON, index=1, line=3),
    # I2: other encodings
    case("BOM", b"\xef\xbb\xbf{}", 400, "bad-encoding", "#"),
    case("invalid UTF-8", b'{"a": "\xff"}', 400, "bad-encoding", "#"),
    case("encoded surrogate", b'{"a": "\xed\xa0\x80"}', 400, "bad-encoding", "#"),
    case("UTF-16", '{"a": 1}'.encode("utf-16"), 400, "bad-encoding", "#"),
    case("UTF-16 without BOM", '{"a": 1}'.encode("utf-16-be"), 400, "bad-encoding", "#"),
    case("UTF-32", '{"a": 1}'.encode("utf-32-le"), 400, "bad-encoding", "#"),
    case("text with NUL", "a\0b", 400, "bad-encoding", "#", kind="text/plain", to="notes"),
    # I3 and I4: numbers
    case("NaN", '{"a": {"b": NaN}}', 400, "bad-json", "#/a/b"),
    case("Infinity", '{"a": [Infinity]}', 400, "bad-json", "#/a/0"),
    case("1e400", '[{"a": 1}, {"a": 1e400}]', 400, "bad-json", "#/1/a", index=1),
    case("2^53+1", '{"a": 9007199254740993}', 400, "bad-json", "#/a"),
    case("2^63", '{"a": 9223372036854775808}', 400, "bad-json", "#/a"),
    case("4,301 digits", '{"a": ' + "9" * 4301 + "}", 400, "bad-json", "#/a"),
    # I5: the same name twice
    case("twice", '{"a": {"b": 1, "b": 1}}', 400, "bad-json", "#/a/b"),
    case("twice in a line", '{"a": 1}\n{"a": 1, "a": 2}', 400, "bad-json", "#/1/a", kind=NDJSON,
         index=1, line=2),
    # I6: shapes
    case("33 deep", "[" * 34 + "]" * 34, 400, "bad-json", "#" + "/0" * 33, index=0),
    case("100,000 deep", '{"a":' * 100_000, 400, "bad-json", "#"),
    case("100,000 arrays", "[" * 100_000, 400, "bad-json", "#/0", index=0),
    case("90,000 members", "{" + ",".join(f'"{i}":1' for i in range(90_000)) + "}", 400,
         "bad-json", "#"),
    case("1 MB name", '{"' + "k" * 1_000_000 + '": 1}', 400, "bad-json", "#"),
    # I7: what is not storable
    case("lone surrogate", '{"a": ["\\ud800"]}', 400, "bad-json", "#/a/0"),
    case("NUL", '{"a/b": {"~": "\\u0000"}}', 400, "bad-json", "#/a~1b/~0"),
    case("bad character in a name", '{"a": {"\\ud800\\n": 1}}', 400, "bad-json", "#/a"),
    # I8 and I12: sizes
    case("1 MiB and a byte", b'"' + b"x" * 1_048_575 + b'"', 413, "too-large", None),
    case("1,001 items", "[" + "{}," * 1_000 + "{}]", 413, "too-many-events", None),
    case("1,001 lines", "{}\n" * 1_001, 413, "too-many-events", None, kind=NDJSON),
    case("one event of 300 kB", '{"a": "' + "x" * 300_000 + '"}', 413, "too-large", "#"),
    case("item 500", "[" + "{}," * 500 + "}]", 400, "bad-json", "#/500", index=500),
    # I10 and I11: kinds
    case("gzip, cut", b"\x1f\x8b\x08\x00", 400, "bad-request", None,
         headers={"Content-Encoding": "gzip"}),
    case("two encodings", "{}", 415, "unsupported-content-encoding", None,
         headers={"Content-Encoding": "identity, br"}),
    case("multipart, cut", "--b\r\n", 400, "bad-request", None,
         kind="multipart/form-data; boundary=b"),
    case("XML", "<a/>", 415, "unsupported-media-type", None, kind="application/xml"),
    case("image", b"\x89PNG", 415, "unsupported-media-type", None, kind="image/png"),
    case("nonsense type", "{}", 415, "unsupported-media-type", None, kind="\x80/<script>"),
    case("UTF-16 said", "{}", 415, "unsupported-media-type", None, kind=JSON + "; charset=utf-16"),
    case("Latin-1 said", "a", 415, "unsupported-media-type", None,
         kind="text/plain;charset=iso-8859-1", to="notes"),
    case("text", "door open", 415, "unsupported-media-type", None, kind="text/plain"),
    case("array as text", '["a"]', 415, "unsupported-media-type", None, kind="text/plain"),
    case("number as text", "21.4", 415, "unsupported-media-type", None, kind="text/plain",
         to="doors"),
    case("no form", "=1&b", 415, "unsupported-media-type", None, kind=FORM),
    case("nothing like JSON", "a=1", 415, "unsupported-media-type", None, kind=None),
    case("JSON in a form, cut", '{"a": 1', 400, "bad-json", "#", kind=FORM),
    case("JSON for notes, cut", '{"text": 1', 400, "bad-json", "#", kind=FORM, to="notes"),
    case("array for notes, cut", '[{"text": "a"}', 400, "bad-json", "#/0", kind=None, to="notes",
         index=0),
    # what the producer does not take
    case("wrong field", '{"door": "n", "opened": "wide"}', 422, "invalid-event", "#/opened",
         to="doors"),
    case("missing field", '[{"door": "n", "opened": 1}, {"door": "n"}]', 422, "invalid-event",
         "#/1/opened", to="doors", index=1),
    case("infinite by text", '{"door": "n", "opened": "inf"}', 422, "invalid-event", "#/opened",
         to="doors"),
    case("line 500", '{"text": "a"}\n' * 499 + '{"text": ""}', 422, "invalid-event", "#/499/text",
         kind=NDJSON, to="notes", index=499, line=500),
    case("array in an array", "[[1, 2]]", 422, "invalid-event", "#/0", index=0),
    case("true", "true", 422, "invalid-event", "#"),
    case("a number for none", "21.4", 422, "invalid-event", "#", to="doors"),
    # W2 and W3: keys
    case("key with a tab", "{}", 400, "bad-attribute", None, headers={"Idempotency-Key": "a\tb"}),
    case("key with C1", "{}", 400, "bad-attribute", None, headers={"Idempotency-Key": "a\x85"}),
    case("key with DEL", "{}", 400, "bad-attribute", None, headers={"Idempotency-Key": "\x7f"}),
    case("key of nothing", "{}", 400, "bad-attribute", None, headers={"Idempotency-Key": ""}),
    case("long key", "{}", 400, "bad-attribute", None, headers={"Idempotency-Key": "k" * 256}),
    # the frame
    case("bad length", "{}", 400, "bad-request", None, headers={"Content-Length": "-1"}),
    case("overstated", "{}", 413, "too-large", None, headers={"Content-Length": "9" * 5000}),
    case("understated", b" " * 1_048_577, 413, "too-large", None, headers={"Content-Length": "2"}),
    case("no length", b" " * 1_048_577, 413, "too-large", None, headers={"Content-Length": ""}),
    case("no producer", "{}", 404, "unknown-producer", None, to="thinks"),
    case("control", "{}", 404, "unknown-producer", None, to="_control"),
    case("strange producer", "{}", 404, "unknown-producer", None, to="\x1b[31m\u202e" + "x" * 200),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code", "pointer", "more"), CASES)
async def test_bad_request_is_refused(
    body: str | bytes,
    status: int,
    code: str,
    pointer: str | None,
    more: dict[str, Any],
    post: Post,
    log: MemoryLog,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = await post(
        body,
        more.get("kind", JSON),
        to=more.get("to", "things"),
        headers=more.get("headers"),
    )

    assert (answer.status, answer.code) == (status, code), answer.text
    assert_problem(answer)
    assert pointer is None or answer.pointer == pointer
    assert answer.body.get("index") == more.get("index")
    assert answer.body.get("line") == more.get("line")
    assert answer.body["stored"] == 0
    assert (await log.bounds()).newest.seq == 0
    assert not caplog.records


def assert_problem(answer: Answer) -> None:
    assert answer.media_type == "application/problem+json"
    assert answer.body["status"] == answer.status
    assert answer.body["title"] == PROBLEMS[answer.code].title
    assert answer.text.rstrip("\n").isprintable()
    assert "".join(walk(answer.body)).isprintable()
    assert "xxxxxxxxxx" * 9 not in answer.text
    assert "Traceback" not in answer.text
    assert len(answer.text) < 4_000


def walk(value: Any) -> list[str]:
    """Return all strings in a JSON value."""
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in walk(part)]
    if isinstance(value, list):
        return [text for part in value for text in walk(part)]
    return [value] if isinstance(value, str) else []


async def test_refusal_of_a_type_lists_the_legal_ones(post: Post) -> None:
    for_things = await post("<a/>", "application/xml")
    for_notes = await post("<a/>", "application/xml", to="notes")

    assert "text/plain" not in for_things.body["legal"]
    assert "text/plain" in for_notes.body["legal"]
    assert for_notes.headers["Accept-Post"] == ", ".join(for_notes.body["legal"])
    assert "door open as text/plain" in for_notes.body["detail"]


async def test_unknown_producer_lists_the_known(post: Post) -> None:
    answer = await post("{}", to="thinks")

    assert answer.body["known"] == ["things", "notes", "doors", "level"]


async def test_misconfigured_producer_asks_to_try_later(
    post: Post, registry: Registry, log: MemoryLog
) -> None:
    registry.errors = {"cam": Misconfigured("cam", "secret path", "mend it")}

    answer = await post("{}", to="cam")

    assert (answer.status, answer.code) == (503, "producer-misconfigured")
    assert answer.headers["Retry-After"]
    assert "secret" not in answer.text
    assert_problem(answer)


@pytest.mark.parametrize("registry", [Registry({"readings": ReadingsProducer("readings")})])
async def test_many_faults_are_told_up_to_a_limit(post: Post) -> None:
    members = ", ".join(f'"extra{i}": true' for i in range(30))

    answer = await post("{" + members + "}", to="readings")

    assert answer.status == 422
    assert len(answer.body["errors"]) == 10


async def test_batch_is_all_or_nothing(post: Post, log: MemoryLog) -> None:
    good = '{"text": "a"}\n' * 1_000

    assert (await post(good + "x", NDJSON, to="notes")).status == 413
    assert (await post(good.replace('"a"', "1", 1), NDJSON, to="notes")).status == 422
    assert (await log.bounds()).newest.seq == 0
    assert (await post(good, NDJSON, to="notes")).status == 201
    assert (await log.bounds()).newest.seq == 1_000


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
async def test_other_methods_are_told_how_to_post(method: str, post: Post) -> None:
    answer = await post("", None, to="notes", method=method, token=None)

    assert answer.status == 405
    assert answer.headers["Allow"] == "POST, OPTIONS"
    assert "curl" in answer.body["detail"]
    assert "http://localhost/ingest/notes" in answer.body["detail"]


async def test_alias_that_a_shell_would_run_is_not_shown_in_the_curl(post: Post) -> None:
    answer = await post("", None, to="'$(reboot)'", method="GET", token=None)

    assert "reboot" not in answer.text


async def test_foreign_host_is_refused_where_it_would_be_shown(post: Post) -> None:
    answer = await post("", None, method="GET", token=None, headers={"Host": "evil\x1b.example"})

    assert (answer.status, answer.code) == (400, "bad-host")
    assert answer.body["detail"].isprintable()


async def test_options_lists_the_media_types(post: Post) -> None:
    answer = await post("", None, method="OPTIONS", token=None)

    assert answer.status == 204
    assert answer.headers["Allow"] == "POST, OPTIONS"
    assert "Content-Type" not in answer.headers
    assert "application/cloudevents-batch+json" in answer.headers["Accept-Post"]


async def test_settings_limit_depth_and_members(post: Post) -> None:
    with override_settings(INGEST_MAX_DEPTH=2, INGEST_MAX_KEYS=2, INGEST_MAX_BATCH=2):
        assert (await post('{"a": {"b": 1}}')).status == 201
        assert (await post('{"a": {"b": {}}}')).pointer == "#/a/b"
        assert (await post('{"a": {"b": 1, "c": 1}}')).pointer == "#"
        assert (await post('[{"a": 1, "b": 1}, {"a": 1, "b": 1}]')).status == 201
        assert (await post("[{}, {}, {}]")).status == 413


async def test_django_s_own_limit_is_told_as_ours(post: Post) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        answer = await post('{"text": "longer than ten"}')

    assert (answer.status, answer.code) == (413, "too-large")


class FullLog(MemoryLog):
    async def append(self, events: Any, fence: Any = None) -> Appended:
        raise LogUnavailable("disk full at /secret/path")


class BrokenLog(MemoryLog):
    async def append(self, events: Any, fence: Any = None) -> Appended:
        raise RuntimeError("a bug")


class TestFailingLog:
    @pytest.fixture
    def log(self, request: pytest.FixtureRequest) -> MemoryLog:
        return request.param({})  # type: ignore[no-any-return]

    @pytest.mark.parametrize("log", [FullLog], indirect=True)
    async def test_unavailable_log_asks_to_try_later(self, log: MemoryLog, post: Post) -> None:
        answer = await post('{"a": 1}')

        assert (answer.status, answer.code) == (503, "log-unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert "secret" not in answer.text

    @pytest.mark.parametrize("log", [BrokenLog], indirect=True)
    async def test_fault_of_ours_is_logged_not_shown(
        self, log: MemoryLog, post: Post, caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = await post('{"a": 1}')

        assert (answer.status, answer.code) == (500, "internal")
        assert "bug" not in answer.text
        assert "stored" not in answer.body
        assert [record.levelno for record in caplog.records] == [logging.ERROR]


class TestProducerThatReadsItsAttributes:
    @pytest.fixture
    def registry(self) -> Registry:
        class Camera(Producer):
            def event(self, value: Any, **attributes: Any) -> Any:
                return super().event(value, **{**attributes, "subject": value["subject"]})

        return Registry({"cam": Camera("cam")})

    async def test_subject_is_checked_there_too(self, post: Post) -> None:
        assert (await post('{"subject": "person"}', to="cam")).status == 201
        assert (await post('{"subject": "a\\u202eb"}', to="cam")).status == 422
