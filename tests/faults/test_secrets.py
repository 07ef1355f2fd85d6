"""A token and a webhook secret go through everything that can happen, and stay in no output."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.support.wall import Wall

pytestmark = pytest.mark.faults

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "DEBUG"},
    "loggers": {
        name: {"level": "DEBUG"}
        for name in ("dashboard", "producers", "django", "django.request", "uvicorn", "asyncio")
    },
}

FAILING = '''
from producers.base import Producer

class FailingProducer(Producer):
    """Trips over everything."""

    def event(self, value, **context):
        raise RuntimeError("it trips")
'''


@pytest.fixture
def make_talkative(make_wall: Callable[..., Wall], tmp_path: Path) -> Callable[[bool], Wall]:
    (tmp_path / "failing.py").write_text(FAILING)

    def make(debug: bool) -> Wall:
        return make_wall(
            debug=debug,
            ALLOWED_HOSTS=["127.0.0.1"],
            LOGGING=LOGGING,
            PRODUCERS={
                "notes": {"BACKEND": "producers.notes.NotesProducer"},
                "failing": {"BACKEND": "failing.FailingProducer"},
            },
        )

    return make


def bearer(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **more}


def requests(token: str, secret: str) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield what can be done with them: method, path, body, headers."""
    note = json.dumps({"text": "hello"})
    yield "POST", "/ingest/notes", note, bearer(token)
    yield "POST", "/ingest/notes", note, bearer(token[:-1])
    yield "POST", "/ingest/notes", note, {"Authorization": token}
    yield "POST", "/ingest/notes", note, bearer(token, Host="elsewhere.example")
    yield "POST", "/ingest/notes", "{", bearer(token)
    yield "POST", "/ingest/notes", "x" * 2_000_000, bearer(token)
    yield "POST", "/ingest/none", note, bearer(token)
    yield "POST", "/ingest/failing", note, bearer(token)
    yield "POST", f"/ingest/notes?token={token}", note, {}
    yield "POST", f"/ingest/notes?format=x&a={token}", note, bearer(token)
    yield "GET", "/ingest/notes", "", bearer(token)
    yield "OPTIONS", "/ingest/notes", "", bearer(token)
    yield "GET", "/", "", bearer(token)
    yield "GET", "/producers/none/", "", bearer(token)
    yield "GET", "/producers/notes/", "", bearer(token)
    yield "POST", "/", note, bearer(token)
    yield "GET", "/no/such/page", "", bearer(token)
    for body in (note, "{"):
        for alias in ("notes", "failing"):
            now = datetime.now(UTC)
            yield (
                "POST",
                f"/ingest/{alias}",
                body,
                {
                    "webhook-id": "msg_1",
                    "webhook-timestamp": str(int(now.timestamp())),
                    "webhook-signature": Webhook(secret).sign("msg_1", now, body),
                },
            )


@pytest.mark.parametrize("debug", [True, False])
def test_secrets_are_in_no_answer_log_or_file(
    debug: bool, make_talkative: Callable[[bool], Wall]
) -> None:
    wall = make_talkative(debug)
    token = re.findall(r"ew_\w{8}_[\w-]{43}", wall.manage("ingest_token", "create", "door"))[0]
    made = wall.manage("webhook_secret", "create", "shop", *("--producer", "notes"))
    secret = re.findall(r"whsec_[\w+/]{43}=", made)[0]
    hidden = {
        "token": token[12:-1].encode(),
        "secret": secret[6:].encode(),
        "key": base64.b64decode(secret[6:]),
    }
    wall.until(lambda: wall.request("POST", "/ingest/notes", '"a"', bearer(token))[0] == 201)

    statuses, said = [], b""
    for method, path, body, headers in requests(token, secret):
        status, fields, answer = wall.request(method, path, body, headers)
        statuses.append(status)
        said += answer + json.dumps(fields).encode()
    with wall.events("/events/?since=all") as stream:
        said += stream.until_text("hello", "notes").data.encode()
    listed = wall.manage("ingest_token", "list") + wall.manage("webhook_secret", "list")
    wall.stop()

    log = wall.log.read_text()
    assert {201, 400, 401, 404, 405, 413, 500} <= set(statuses)
    assert "it trips" in log  # the fault was logged, with its traceback
    files = {path.name: path.read_bytes() for path in wall.directory.rglob("*") if path.is_file()}
    assert "eventwall.sqlite3" in files
    for name, value in hidden.items():
        assert value not in said, name
        assert value not in listed.encode(), name
        assert [file for file, content in files.items() if value in content] == [], name


@pytest.mark.parametrize("query", ["token={}", "a=1&access_token=x", "Bearer=x", "x={}"])
def test_token_in_the_url_is_refused_and_told_where_it_belongs(
    query: str, shared_wall: Wall
) -> None:
    path = "/ingest/notes?" + query.format(shared_wall.token)

    status, _, answer = shared_wall.request("POST", path, '"a"', bearer(shared_wall.token))

    assert status == 400
    assert "Authorization: Bearer <token>" in json.loads(answer)["detail"]
    assert shared_wall.token not in answer.decode()
