"""The poll asks a real server: what it tells of each answer, and what it does not put up with."""

import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from typing import Any, cast

import pytest
from pydantic import ValidationError

from producers.base import InvalidEvent
from producers.events import Event
from producers.fetching import FetchFailed
from producers.poll import NoValue, PollProducer
from tests.support.producing import FakeTime
from tests.support.web_source import Reply, WebSource

JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
METRICS = b"""# HELP http_requests_total All requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",path="C:\\\\a}\\"b"} 3
up 1
lag_seconds NaN
"""
MANY = b"\n".join(b"m%d 1" % number for number in range(33))


@pytest.fixture(scope="module")
def source() -> Iterator[WebSource]:
    with WebSource() as source:
        yield source


def poll(source: WebSource, path: str, *replies: Any, **options: Any) -> PollProducer:
    source.replies[path] = list(replies)
    return PollProducer("it", PollProducer.Options(url=source.origin + path, **options))


async def first(producer: PollProducer, count: int = 1) -> list[Event]:
    """Return what it tells first, without waiting between two requests."""
    time = FakeTime(producer.now())
    producer.sleep = time.sleep
    async with aclosing(cast("AsyncIterator[Any]", producer.events())) as events:  # type: ignore[type-var]
        return [producer.event(await anext(events)) for _ in range(count)]


@pytest.mark.parametrize(
    ("reply", "options", "told"),
    [
        (Reply(b'{"main": {"temp": 21.4}}', headers=JSON), {"pointer": "/main/temp"}, 21.4),
        (Reply(b'[{"a/b": "7.5"}]', headers=JSON), {"pointer": "/0/a~1b"}, 7.5),
        (Reply(b"21.4\n", headers={"Content-Type": "text/plain"}), {}, 21.4),
        (Reply(b"3"), {"format": "json"}, 3),
        (Reply(METRICS, headers=LINES), {"metrics": ["up"]}, 1),
    ],
)
async def test_a_number_is_told_as_one(
    source: WebSource, reply: Reply, options: dict[str, Any], told: float
) -> None:
    (event,) = await first(poll(source, "/number", reply, **options))

    assert event.data == {"value": told}


async def test_the_unit_of_a_number_is_an_option(source: WebSource) -> None:
    (event,) = await first(poll(source, "/unit", Reply(b"21.4"), format="json", unit="°C"))

    assert event.data == {"value": 21.4, "unit": "°C"}


async def test_samples_go_by_their_names_and_labels_where_they_are_several(
    source: WebSource,
) -> None:
    (event,) = await first(poll(source, "/metrics", Reply(METRICS, headers=LINES)))

    assert event.data == {
        "http_requests_total post 200": 1027,
        'http_requests_total post C:\\a}"b': 3,
        "up": 1,
    }


async def test_a_list_is_an_event_for_each(source: WebSource) -> None:
    body = json.dumps([{"sensor": "a", "value": 1}, {"sensor": "b", "value": 2}]).encode()

    events = await first(poll(source, "/list", Reply(body, headers=JSON)), 2)

    assert [event.subject for event in events] == ["a", "b"]


async def test_what_is_still_so_is_not_sent_again_and_told_again(source: WebSource) -> None:
    def tagged(headers: Mapping[str, str]) -> Reply:
        same = headers.get("if-none-match") == '"one"'
        return Reply(status=304) if same else Reply(b"1", headers={"ETag": '"one"'})

    other = Reply(b"2", headers={"ETag": '"two"'})
    events = await first(poll(source, "/tagged", tagged, tagged, tagged, other, format="json"), 5)

    assert [event.data["value"] for event in events] == [1, 1, 1, 2, 2]
    asked = [headers.get("if-none-match") for path, headers in source.asked if path == "/tagged"]
    assert asked == [None, '"one"', '"one"', '"one"', '"two"']


async def test_changes_only(source: WebSource) -> None:
    replies = [Reply(text) for text in (b"door open", b"door open", b"door shut")]

    events = await first(poll(source, "/door", *replies, changes_only=True), 2)

    assert [event.data["text"] for event in events] == ["door open", "door shut"]


async def test_what_is_packed_is_unpacked(source: WebSource) -> None:
    packed = Reply(gzip.compress(b'{"value": 5}'), headers=JSON | {"Content-Encoding": "gzip"})

    (event,) = await first(poll(source, "/packed", packed))

    assert event.data == {"value": 5}


async def test_a_small_body_that_becomes_huge_is_not_unpacked(source: WebSource) -> None:
    bomb = Reply(gzip.compress(bytes(200_000_000), 1), headers={"Content-Encoding": "gzip"})
    producer = poll(source, "/bomb", bomb)

    tracemalloc.start()
    try:
        with pytest.raises(FetchFailed, match="larger than 1,048,576 bytes"):
            await first(producer)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


async def test_an_answer_that_does_not_come_is_not_waited_for(source: WebSource) -> None:
    with pytest.raises(FetchFailed, match=r"no answer within 0\.2 s"):
        await first(poll(source, "/slow", Reply(b"2", stall=True), timeout=0.2))


async def test_an_error_of_the_server_is_told_without_what_is_secret(source: WebSource) -> None:
    source.replies["/down?key=sesame"] = [Reply(status=500)]
    url = source.origin.replace("://", "://anna:hunter22@") + "/down?key=sesame"

    with pytest.raises(FetchFailed, match=r"^the server answers 500") as caught:
        await first(PollProducer("it", PollProducer.Options(url=url)))

    assert source.asked[-1][1]["authorization"].startswith("Basic ")
    assert "sesame" not in str(caught.value)
    assert "hunter22" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_a_server_that_asks_for_a_pause_is_left_alone(source: WebSource) -> None:
    busy = Reply(status=429, headers={"Retry-After": "120"})
    producer = poll(source, "/busy", busy, Reply(b"1", headers=JSON))
    with pytest.raises(FetchFailed, match="429"):
        await first(producer)
    time = FakeTime(producer.now())
    producer.sleep = time.sleep

    async with aclosing(cast("AsyncIterator[Any]", producer.events())) as events:  # type: ignore[type-var]
        assert await anext(events)

    assert time.slept == [120]


async def test_headers_go_to_the_address_alone_and_redirects_end(source: WebSource) -> None:
    with WebSource() as other:
        away = Reply(status=302, headers={"Location": other.origin + "/there"})
        other.replies["/there"] = [Reply(b"4", headers=JSON)]

        (event,) = await first(poll(source, "/away", away, headers={"X-Api-Key": "sesame"}))

    assert event.data == {"value": 4}
    assert source.asked[-1][1]["x-api-key"] == "sesame"
    assert "x-api-key" not in other.asked[-1][1]
    with pytest.raises(FetchFailed, match="redirected more than 2 times"):
        await first(
            poll(source, "/loop", Reply(status=301, headers={"Location": "/loop"}), redirects=2)
        )
    onward = {"Location": "ftp://127.0.0.1/etc/passwd"}
    with pytest.raises(FetchFailed, match="redirected to ftp, which is not followed"):
        await first(poll(source, "/ftp", Reply(status=307, headers=onward)))


@pytest.mark.parametrize(
    ("reply", "options", "why"),
    [
        (Reply(b'{"a": 1}'), {"pointer": "/b"}, "nothing is at '/b': the whole has 'a'"),
        (Reply(b"[1]"), {"pointer": "/1"}, "the whole is a list of 1"),
        (Reply(b"{"), {"format": "json"}, "Expecting property name"),
        (Reply(b"up one"), {"format": "prometheus"}, "line 1 is 'up one'"),
        (Reply(b"up 1"), {"metrics": ["down"]}, "none of down is in what was sent"),
        (
            Reply(b"\n".join(b"m%d 1" % n for n in range(33))),
            {"format": "prometheus"},
            "33 samples",
        ),
    ],
)
async def test_an_answer_without_the_value_says_what_it_has(
    source: WebSource, reply: Reply, options: dict[str, Any], why: str
) -> None:
    with pytest.raises(NoValue, match=why.replace("(", r"\(")):
        await first(poll(source, "/wrong", reply, **options))


async def test_a_value_that_no_event_holds_is_refused(source: WebSource) -> None:
    with pytest.raises(InvalidEvent, match="null is no number"):
        await first(poll(source, "/null", Reply(b"null", headers=JSON)))


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"url": "ftp://example.org/x"}, "no http or https URL"),
        ({"url": "https:///x"}, "names no host"),
        ({"url": "http://example.org:99999/"}, "no URL"),
        ({"url": "http://a", "pointer": "main"}, "no JSON pointer"),
        ({"url": "http://a", "pointer": "/a", "metrics": ["up"]}, "the format is 'json'"),
        ({"url": "http://a", "format": "text", "pointer": "/a"}, "the format is 'text'"),
    ],
)
def test_options_that_cannot_be(options: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        PollProducer.Options(**options)
