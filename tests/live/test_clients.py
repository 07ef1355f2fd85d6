"""What clients of other makes than ours ask of /events/: cursors, names, blocks, origins."""

import json
from collections.abc import Iterator

import pytest

from tests.support.event_source import EventSource
from tests.support.wall import Wall

LISTED = "https://panel.example"


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    wall = Wall(
        tmp_path_factory.mktemp("clients") / "wall", {"EVENTS_ORIGINS": [LISTED]}, debug=True
    )
    wall.start()
    yield wall
    wall.stop()


def note(wall: Wall, text: str) -> str:
    status, answer = wall.post("notes", text)
    assert status == 201
    return str(answer["ids"][0])


def texts(stream: EventSource, name: str = "notes") -> list[str]:
    return [json.loads(message.data)["data"]["text"] for message in stream.of(name)]


@pytest.mark.parametrize(
    "path",
    [
        "/stream/?tiles=notes",
        "/events/?producer=notes",
        "/events/?producer=notes&since=all",
        "/events/?producer=notes&as=message",
        "/events/?producer=notes&lastEventId=never-one",
    ],
)
def test_no_id_and_no_retry_stands_in_a_block_without_data(wall: Wall, path: str) -> None:
    with wall.events(path) as stream:
        stream.until(1)
        note(wall, "door open")
        stream.until_text("door open", "message" if "as=" in path else "notes")

    *blocks, rest = stream.received.split(b"\n\n")
    assert rest == b""
    assert stream.parser.retry is not None
    for block in blocks:
        fields = {line.partition(b":")[0] for line in block.split(b"\n")}
        assert b"data" in fields, block


def test_a_stream_begins_with_the_cursor_that_it_goes_on_from(wall: Wall) -> None:
    last = note(wall, "before")

    with wall.events("/events/?producer=notes") as stream:
        [beat] = stream.until(1)

    assert (beat.type, beat.data, beat.last_event_id) == ("hb", "{}", last)


@pytest.mark.parametrize("name", ["lastEventId", "lastEventID", "last_event_id"])
@pytest.mark.parametrize("more", ["", "&since=all", "&since=latest"])
def test_a_cursor_may_come_in_the_query(wall: Wall, name: str, more: str) -> None:
    first = note(wall, "first")
    note(wall, "second")

    with wall.events(f"/events/?producer=notes&{name}={first}{more}") as stream:
        stream.until(1, "notes")

    assert texts(stream)[0] == "second"
    assert stream.of("reset") == []


def test_the_header_wins_over_the_query(wall: Wall) -> None:
    first = note(wall, "first")
    second = note(wall, "second")
    note(wall, "third")

    with wall.events(
        f"/events/?producer=notes&lastEventId={first}", Last_Event_ID=second
    ) as stream:
        stream.until(1, "notes")

    assert texts(stream)[0] == "third"


def test_a_cursor_that_is_empty_is_none(wall: Wall) -> None:
    note(wall, "before")

    with wall.events("/events/?producer=notes&lastEventId=") as stream:
        stream.until(1)
        note(wall, "after")
        stream.until(1, "notes")

    assert texts(stream) == ["after"]


def test_as_message_leaves_the_names_of_producers_out_and_no_other(wall: Wall) -> None:
    first = note(wall, "first")
    last = note(wall, "second")

    with wall.events(f"/events/?producer=notes&as=message&since={first}") as stream:
        note(wall, "third")
        messages = stream.until(2, "message")

    assert [json.loads(m.data)["data"]["text"] for m in messages] == ["second", "third"]
    assert messages[0].last_event_id == last
    assert {message.type for message in stream.messages} == {"hb", "message"}


def test_those_who_want_names_and_those_who_do_not_share_the_log(wall: Wall) -> None:
    with (
        wall.events("/events/?producer=notes&since=all&as=message") as plain,
        wall.events("/events/?producer=notes&since=all") as named,
    ):
        note(wall, "for both")
        plain.until_text("for both", "message")
        named.until_text("for both", "notes")

    assert texts(plain, "message") == texts(named)


@pytest.mark.parametrize(
    ("path", "name", "known"),
    [
        ("/events/?producers=notes", "producers", "producer, since, as, lastEventId"),
        ("/events/?producer=notes&sinc=all", "sinc", "since"),
        ("/stream/?tile=notes", "tile", "dashboard, tiles"),
        ("/embed/notes/?colour=red", "colour", "t, theme, scheme"),
        ("/embed/notes.svg?colour=red", "colour", "t, theme, scheme"),
    ],
)
def test_an_unknown_parameter_is_told_the_known_ones(
    wall: Wall, path: str, name: str, known: str
) -> None:
    status, headers, body = wall.request("GET", path)

    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert json.loads(body)["type"] == "urn:eventwall:problem:unknown-parameter"
    assert f"?{name!r}=" in json.loads(body)["detail"]
    assert known in json.loads(body)["detail"]


def test_an_unknown_parameter_of_a_post_stores_nothing(wall: Wall) -> None:
    headers = {"Authorization": f"Bearer {wall.token}"}
    status, _, body = wall.request("POST", "/ingest/notes?levl=warn", "not stored", headers)

    assert status == 400
    assert json.loads(body)["legal"] == []
    assert json.loads(body)["stored"] == 0
    with wall.events("/events/?producer=notes&since=all") as stream:
        note(wall, "stored")
        stream.until_text("stored", "notes")
    assert "not stored" not in texts(stream)


def test_as_something_else_is_refused(wall: Wall) -> None:
    status, _, body = wall.request("GET", "/events/?as=json")

    assert status == 400
    assert "legal are named and message" in json.loads(body)["detail"]


class TestOrigins:
    def test_a_listed_one_may_read(self, wall: Wall) -> None:
        with wall.events("/events/", Origin=LISTED) as stream:
            stream.until(1)

        assert stream.headers["access-control-allow-origin"] == LISTED
        assert "access-control-allow-credentials" not in stream.headers
        assert "Origin" in stream.headers["vary"]

    def test_and_what_it_is_refused(self, wall: Wall) -> None:
        status, headers, _ = wall.request("GET", "/events/?x=1", headers={"Origin": LISTED})

        assert (status, headers["access-control-allow-origin"]) == (400, LISTED)

    @pytest.mark.parametrize("origin", ["https://other.example", "null", f"{LISTED}.example"])
    def test_no_other_may(self, wall: Wall, origin: str) -> None:
        with wall.events("/events/", Origin=origin) as stream:
            stream.until(1)

        assert "access-control-allow-origin" not in stream.headers

    def test_a_listed_one_may_send_its_headers(self, wall: Wall) -> None:
        asks = {"Access-Control-Request-Method": "GET"}
        listed = wall.request("OPTIONS", "/events/", headers=asks | {"Origin": LISTED})
        other = wall.request("OPTIONS", "/events/", headers=asks | {"Origin": "https://a.example"})

        assert listed[0] == 204
        assert listed[1]["access-control-allow-origin"] == LISTED
        assert "Last-Event-ID" in listed[1]["access-control-allow-headers"]
        assert "Authorization" in listed[1]["access-control-allow-headers"]
        assert other[0] == 405
