"""WallHandler: what a program logs is told on the wall, and the program never waits for it."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from dashboard import WallHandler
from dashboard.wall import current
from dashboard.wall.runtime import Runtime
from producers.events import Event
from producers.notes import NotesProducer
from tests.support.wall import Wall

pytestmark = pytest.mark.django_db(transaction=True)

stalled = threading.Event()
going_on = threading.Event()


class StalledProducer(NotesProducer):
    """Takes no note until it may."""

    def event(self, value: object, **said: Any) -> Event:
        stalled.set()
        going_on.wait(30)
        return super().event(value, **said)


@pytest_asyncio.fixture
async def wall(settings: Any) -> AsyncIterator[Runtime]:
    settings.EVENT_LOG = {"BACKEND": "dashboard.log.memory.MemoryLog"}
    settings.PRODUCERS = {
        "log": {"BACKEND": "producers.notes.NotesProducer"},
        "stalled": {"BACKEND": f"{__name__}.StalledProducer"},
    }
    async with current.running() as running:
        yield running


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.Logger("shop.orders")
    yield logger
    for handler in logger.handlers:
        handler.close()


async def notes(wall: Runtime, alias: str) -> list[dict[str, Any]]:
    return [dict(entry.event.data) for entry in await wall.log.latest(alias, 60)]


async def test_records_are_notes_of_their_level(wall: Runtime, logger: logging.Logger) -> None:
    handler = WallHandler()
    logger.addHandler(handler)

    logger.debug("order %d seen", 7)
    logger.warning("stock is %s", "low")
    try:
        raise ValueError("no camera")
    except ValueError:
        logger.exception("it failed")
    logger.critical("x" * 3_000)
    logger.log(25, " \0\udfff ")
    logger.info("")
    await asyncio.to_thread(handler.flush)

    told = await notes(wall, "log")
    assert [(note["level"], note["text"][:20]) for note in told] == [
        ("debug", "order 7 seen"),
        ("warn", "stock is low"),
        ("error", "it failed: ValueErro"),
        ("error", "x" * 20),
        ("info", "\\0\\udfff"),
        ("info", "(empty)"),
    ]
    assert told[2]["text"] == "it failed: ValueError: no camera"
    assert len(told[3]["text"]) == 2_000
    assert {note["title"] for note in told} == {"shop.orders"}


async def test_a_formatter_has_its_way(wall: Runtime, logger: logging.Logger) -> None:
    handler = WallHandler("log", "WARNING")
    handler.setFormatter(logging.Formatter("<%(message)s>"))
    logger.addHandler(handler)

    logger.info("no")
    logger.warning("yes")
    await asyncio.to_thread(handler.flush)

    assert [note["text"] for note in await notes(wall, "log")] == ["<yes>"]


async def test_what_the_wall_says_itself_is_no_note(wall: Runtime) -> None:
    handler, root = WallHandler("nobody"), logging.getLogger()
    root.addHandler(handler)
    try:
        logging.getLogger("shop").error("of a program")
        logging.getLogger("dashboard.log").error("of the wall")
        logging.getLogger("django.db.backends").error("INSERT INTO …")
        await asyncio.to_thread(handler.flush)
        handler.producer = "log"
        logging.getLogger("shop").error("again")
        await asyncio.to_thread(handler.flush)
    finally:
        root.removeHandler(handler)

    # That there is no producer `nobody` was logged too, by a logger of the wall's.
    assert [note["text"] for note in await notes(wall, "log")] == ["again"]


async def test_who_logs_does_not_wait_and_what_is_dropped_is_counted(
    wall: Runtime, logger: logging.Logger
) -> None:
    stalled.clear()
    going_on.clear()
    handler = WallHandler("stalled", capacity=5)
    logger.addHandler(handler)
    try:
        logger.info("first")
        await asyncio.to_thread(stalled.wait, 30)
        for number in range(100):
            logger.info("number %d", number)
    finally:
        going_on.set()
    await asyncio.to_thread(handler.flush)

    told = [note["text"] for note in await notes(wall, "stalled")]
    assert told == [
        "first",
        *(f"number {number}" for number in range(4)),
        "96 records of the log dropped: too many at once",
    ]


SCRIPT = """
import logging, os
logger = logging.getLogger("shop")
logger.error("from a command")
if os.fork() == 0:
    logger.error("from a fork")
    logging.shutdown()
    os._exit(0)
os.wait()
logger.error("at its end")
"""


def test_every_process_of_a_project_is_heard_to_its_end(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(
        PRODUCERS={"log": {"BACKEND": "producers.notes.NotesProducer"}},
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {
                "stderr": {"class": "logging.StreamHandler"},
                "wall": {"class": "dashboard.WallHandler", "producer": "log", "level": "WARNING"},
            },
            "root": {"handlers": ["stderr", "wall"], "level": "INFO"},
        },
    )

    with wall.events("/events/?producer=log&since=all") as events:
        wall.manage("shell", "--no-imports", "-c", SCRIPT)
        heard = events.until(3, "log")

    told = [json.loads(message.data)["data"]["text"] for message in heard]
    assert sorted(told) == ["at its end", "from a command", "from a fork"]


def test_a_capacity_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="capacity is 0; legal is 1 or more"):
        WallHandler(capacity=0)
