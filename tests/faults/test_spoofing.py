"""Headers that say something else than the connection: believed of a trusted proxy, else not."""

import json
import re
from collections.abc import Callable, Iterator

import pytest

from tests.support.wall import Wall

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def open_wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    """Return one server, as in production, for all of this file that does not change it."""
    directory = tmp_path_factory.mktemp("spoofing") / "wall"
    wall = Wall(directory, {"ALLOWED_HOSTS": ["127.0.0.1"]}, debug=False)
    try:
        wall.start()
        yield wall
    finally:
        wall.stop()


@pytest.mark.parametrize("path", ["/ingest/notes", "/events/", "/stream/", "/", "/healthz"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "elsewhere.example"},
        {"Host": "127.0.0.1.elsewhere.example"},
        {"Host": "127.0.0.1@elsewhere.example"},
        {"Host": ""},
        {"Host": "127.0.0.1:80:80"},
    ],
    ids=lambda headers: headers["Host"] or "empty",
)
def test_host_that_is_not_ours_is_refused(
    path: str, headers: dict[str, str], open_wall: Wall
) -> None:
    status, fields, answer = open_wall.request("GET", path, headers=headers)

    assert status == 400
    assert "elsewhere" not in fields.get("location", "")
    assert b"http://elsewhere" not in answer


def test_foreign_hosts_fill_no_log(open_wall: Wall) -> None:
    answers = [
        open_wall.request("GET", path, headers={"Host": f"h{number}.example"})
        for number in range(10)
        for path in ("/", "/events/")
    ]

    page, fields, text = answers[0]
    assert {status for status, _, _ in answers} == {400}
    assert page == 400
    assert "default-src 'none'" in fields["content-security-policy"]
    assert b"<bdi>h0.example</bdi>" in text
    assert b"EVENTWALL_ALLOWED_HOSTS" in text
    log = open_wall.log.read_text()
    assert "EVENTWALL_ALLOWED_HOSTS names those that are: Invalid HTTP_HOST header" in log
    assert log.count("host is not served") < 10
    assert "Traceback" not in log


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded", "X-Forwarded-Server"]
)
def test_host_of_another_header_is_not_believed(header: str, open_wall: Wall) -> None:
    value = "host=elsewhere.example" if header == "Forwarded" else "elsewhere.example"

    status, _, answer = open_wall.request("GET", "/ingest/notes", headers={header: value})

    assert status == 405
    assert f"http://127.0.0.1:{open_wall.port}/ingest/notes" in json.loads(answer)["detail"]
    assert b"elsewhere" not in answer


@pytest.mark.parametrize("trusted", [True, False])
def test_address_is_believed_of_a_trusted_proxy_alone(
    trusted: bool, make_wall: Callable[..., Wall]
) -> None:
    """By the limit of streams per client, which goes by address."""
    wall = make_wall(STREAM_MAX_PER_CLIENT=1)
    wall.stop()
    wall.environment["FORWARDED_ALLOW_IPS"] = "127.0.0.1" if trusted else "192.0.2.1"
    wall.start()

    with (
        wall.events("/stream/?tiles=notes", X_Forwarded_For="192.0.2.7") as first,
        wall.events("/stream/?tiles=notes", X_Forwarded_For="192.0.2.8") as second,
    ):
        for stream in (first, second):
            while stream.parser.retry is None:
                assert stream.read()

    assert first.parser.retry != 30_000
    assert (second.parser.retry == 30_000) is not trusted  # there is no room for it


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_no_header_makes_a_client_local(header: str, shared_wall: Wall) -> None:
    """Neither gives the debug token away, nor lets a token of one's own be used more."""
    debug = {"Authorization": f"Bearer {shared_wall.token}", "Content-Type": "text/plain"}
    made = shared_wall.manage("ingest_token", "create", header, "--rate", "1/h")
    found = re.search(r"ew_\w{8}_[\w-]{43}", made)
    assert found is not None
    own = {"Authorization": f"Bearer {found[0]}", "Content-Type": "text/plain"}
    shared_wall.until(lambda: shared_wall.request("POST", "/ingest/notes", "a", own)[0] == 201)

    spoofed = shared_wall.request("POST", "/ingest/notes", "a", debug | {header: "127.0.0.1"})
    again = [
        shared_wall.request("POST", "/ingest/notes", "a", own | {header: f"192.0.2.{number}"})[0]
        for number in range(3)
    ]

    assert spoofed[0] == 401
    assert again == [429] * 3
