"""The stream views under Django's own ASGI handler: the same bytes, without the lane."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler

from dashboard.log.base import LogUnavailable
from dashboard.log.memory import MemoryLog
from dashboard.wall import current
from dashboard.wall.runtime import Runtime
from tests.support.sse_parser import Message, Parser


class DownLog(MemoryLog):
    """A log that cannot be read."""

    async def bounds(self) -> Any:
        raise LogUnavailable("the disk is gone")


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.EVENT_LOG = {"BACKEND": "dashboard.log.memory.MemoryLog"}
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.PRODUCERS = {
        "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
    }


@pytest.fixture
async def wall(db: None) -> AsyncIterator[Runtime]:
    async with current.running() as wall:
        yield wall


class Connection:
    """One GET through the ASGI application, as a server would make it."""

    def __init__(self, path: str, query: str = "") -> None:
        self._leave = asyncio.Event()
        self._sent_request = False
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.messages: list[Message] = []
        self.ended = False
        self._parser = Parser()
        self._news = asyncio.Event()
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"host", b"testserver")],
        }
        self._task = asyncio.create_task(ASGIHandler()(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if not self._sent_request:
            self._sent_request = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._leave.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = dict(message["headers"])
        else:
            self.messages += self._parser.feed(message.get("body", b""))
            self.ended = not message.get("more_body", False)
        self._news.set()

    async def until(self, event: str, count: int = 1) -> list[Message]:
        async with asyncio.timeout(30):
            while len(found := [m for m in self.messages if m.type == event]) < count:
                self._news.clear()
                await self._news.wait()
        return found

    @property
    def retry(self) -> int | None:
        return self._parser.retry

    async def leave(self) -> None:
        self._leave.set()
        async with asyncio.timeout(30):
            await self._task


@pytest.mark.django_db(transaction=True)
async def test_events_replay_and_then_go_on_live(wall: Runtime) -> None:
    readings = wall.producers["readings"]
    await wall.log.append([readings.event(1), readings.event(2)])

    connection = Connection("/events/", "producer=readings&since=all")
    await connection.until("readings", 2)
    await wall.log.append([readings.event(3)])
    events = await connection.until("readings", 3)
    await connection.leave()

    assert connection.headers[b"Content-Encoding"] == b"identity"
    assert [json.loads(event.data)["data"]["value"] for event in events] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
async def test_tiles_begin_with_a_snapshot_and_leaving_empties_the_audience(
    wall: Runtime,
) -> None:
    connection = Connection("/stream/")
    await connection.until("notes")
    await wall.log.append([wall.producers["notes"].event("door open")])
    tiles = await connection.until("notes", 2)

    assert "door open" in tiles[-1].data
    assert len(list(wall.hub.audiences)) == 1
    await connection.leave()
    assert list(wall.hub.audiences) == []


@pytest.mark.django_db(transaction=True)
async def test_draining_ends_the_stream_and_turns_newcomers_back(wall: Runtime) -> None:
    early = Connection("/events/")
    async with asyncio.timeout(30):
        while not list(wall.hub.audiences):
            await asyncio.sleep(0.001)

    await wall.hub.drain(0)
    late = Connection("/events/")
    async with asyncio.timeout(30):
        while not (early.ended and late.ended):
            await asyncio.sleep(0.001)

    assert late.status == 200
    await early.leave()
    await late.leave()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "said"), [("/stream/", "message"), ("/events/", "hb")])
async def test_without_a_log_the_stream_says_come_back(settings: Any, path: str, said: str) -> None:
    settings.EVENT_LOG = {"BACKEND": f"{__name__}.DownLog"}

    connection = Connection(path)
    async with asyncio.timeout(30):
        while not connection.ended:
            await asyncio.sleep(0.001)
    await connection.leave()
    wall, current._current = current.current(), None
    await wall.stop()

    assert connection.status == 200
    assert [message.type for message in connection.messages] == [said]
    assert connection.retry
