"""The follower reads real servers: it goes on where it left off, and tells what it cannot know."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, cast

import pytest

from producers.events import Event
from producers.fetching import FetchFailed
from producers.follow import FollowProducer
from producers.poll import NoValue
from producers.server_sent import MessageReader, MessageTooLarge
from tests.support import sse_parser
from tests.support.producing import FakeTime
from tests.support.web_source import Reply, WebSource

TYPE = {"Content-Type": "text/event-stream"}


@pytest.fixture(scope="module")
def source() -> Iterator[WebSource]:
    with WebSource() as source:
        yield source


def sse(*blocks: str) -> Reply:
    return Reply("".join(block + "\n\n" for block in blocks).encode(), headers=TYPE)


def cloud(number: int, producer: str = "door", **more: Any) -> str:
    said = {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": f"/producers/{producer}/",
        "type": "note",
        "time": "2030-01-02T03:04:05+00:00",
        "data": {"text": f"n {number}"},
    }
    return f"id: e-{number}\nevent: {producer}\ndata: {json.dumps(said | more)}"


def follow(source: WebSource, path: str, *replies: Reply, **options: Any) -> FollowProducer:
    source.replies[path] = list(replies)
    options = {"url": source.origin + path.partition("?")[0], **options}
    return FollowProducer("it", FollowProducer.Options(**options))


async def first(producer: FollowProducer, count: int, log: Sequence[Event] = ()) -> list[Event]:
    """Return what it tells first; `log` holds what it has told before."""
    time = FakeTime(producer.now())
    producer.sleep = time.sleep

    async def recall() -> Sequence[Event]:
        return log

    producer.recall = recall
    async with aclosing(cast("AsyncIterator[Any]", producer.events())) as events:  # type: ignore[type-var]
        return [producer.event(await anext(events)) for _ in range(count)]


def asked(source: WebSource, path: str) -> list[Mapping[str, str]]:
    return [headers for where, headers in source.asked if where == path]


async def test_an_event_is_as_it_was_and_its_id_is_its_key(source: WebSource) -> None:
    said = cloud(2, subject="front", data={"text": "x", "picture": "a" * 32, "n": 1})

    _, one, two = await first(follow(source, "/all", sse(cloud(1), said), token="sesame"), 3)

    assert (one.producer, one.type, one.key) == ("it", "note", "e-1")
    assert one.time.isoformat() == "2030-01-02T03:04:05+00:00"
    assert (one.subject, two.subject) == ("door", "door/front")
    assert two.data == {"text": "x", "n": 1}
    assert asked(source, "/all")[0]["authorization"] == "Bearer sesame"


async def test_of_one_producer_the_subject_is_its_own(source: WebSource) -> None:
    path = "/one?producer=door&since=10m"
    said = sse(cloud(1), cloud(2, subject="front"))

    events = await first(follow(source, path, said, producers=["door"], since="10m"), 3)

    assert [event.subject for event in events] == [None, None, "front"]


async def test_where_it_begins_is_kept_though_nothing_has_come(source: WebSource) -> None:
    hb = "id: e-7\nevent: hb\ndata: {}"
    (begun,) = await first(follow(source, "/quiet", sse(hb)), 1)
    again = follow(source, "/quiet", sse(cloud(8)))

    (event,) = await first(again, 1, [begun])

    assert begun.data["text"] == f"follows {source.origin}/quiet"
    assert [headers.get("last-event-id") for headers in asked(source, "/quiet")] == [None, "e-7"]
    assert event.key == "e-8"


async def test_another_connection_goes_on_from_what_came_last(source: WebSource) -> None:
    replies = sse("retry: 2500\ndata: x\nid: e-1"), sse(cloud(2), "id: e-5\nevent: hb\ndata: {}")
    producer = follow(source, "/ends", *replies, sse(cloud(6)))

    events = await first(producer, 4)

    assert [event.key for event in events] == ["e-1/begun", "e-1", "e-2", "e-6"]
    assert [headers.get("last-event-id") for headers in asked(source, "/ends")] == [
        None,
        "e-1",
        "e-5",
    ]


async def test_a_gap_is_told_and_gone_on_after(source: WebSource) -> None:
    told = 'id: f-3\nevent: reset\ndata: {"reason":"trimmed","after":"f-3"}'
    _, before = await first(follow(source, "/before", sse(cloud(9))), 2)

    reset, event = await first(follow(source, "/gap", sse(told, cloud(4))), 2, [before])
    await first(follow(source, "/gap", sse(cloud(5))), 1, [before, reset])

    assert reset.data["level"] == "warn"
    assert 'may be missing: {"reason":"trimmed"' in str(reset.data["text"])
    assert event.key == "e-4"
    assert [headers["last-event-id"] for headers in asked(source, "/gap")] == ["e-9", "f-3"]


async def test_any_source_is_read_as_if_it_were_posted(source: WebSource) -> None:
    said = sse("event: hall\ndata: 21.4 °C\nid: 17", 'data: {"text": "open"}', "data: plain")

    _, number, note, text = await first(follow(source, "/any", said), 4)

    assert (number.data, number.subject, number.key) == (
        {"value": 21.4, "unit": "°C"},
        "hall",
        "17",
    )
    assert (note.data["text"], note.subject) == ("open", None)
    assert text.data["text"] == "plain"


@pytest.mark.parametrize(
    ("reply", "fault", "why"),
    [
        (Reply(b"no", status=401), FetchFailed, "answers 401"),
        (Reply(b"<p>", headers={"Content-Type": "text/html"}), FetchFailed, "no text/event-stream"),
        (Reply(b"data: x", headers=TYPE, stall=True), FetchFailed, "nothing comes for 1 s"),
        (sse('event: bye\ndata: {"reason":"ticket"}'), NoValue, "ends the stream: .*ticket"),
        (Reply(b"data: " + b"x" * 2**21, headers=TYPE), FetchFailed, "larger than 1,048,576"),
    ],
)
async def test_a_source_that_cannot_be_read(
    source: WebSource, reply: Reply, fault: type[Exception], why: str
) -> None:
    with pytest.raises(fault, match=why):
        await first(follow(source, "/bad", reply, silence=1), 1)


@pytest.mark.parametrize("size", [1, 2, 3, 1_000])
def test_messages_are_those_of_an_event_source(size: int) -> None:
    text = (
        "\ufeff: hello\r\nid: 1\r\ndata: a\rdata\rdata:  b\n\n\n"
        "event: x\ndata:\u2028é\n\nid: 2\nevent: empty\n\n"
        "retry: 10\nretry: x\nid: \0\ndata: c\n\ndata: cut"
    ).encode()
    reader, model = MessageReader(1_000), sse_parser.Parser()

    found = [
        tuple(message)
        for start in range(0, len(text), size)
        for message in reader.feed(text[start : start + size])
    ]

    assert found == [(one.type, one.data, one.last_event_id) for one in model.feed(text)]
    assert len(found) == 3
    assert reader.retry == 0.01


def test_a_message_without_an_end_is_given_up() -> None:
    reader = MessageReader(100)

    with pytest.raises(MessageTooLarge):
        list(reader.feed(b"data: xx\n" * 60))
