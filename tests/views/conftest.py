"""What the tests of pages share: a wall in this process, on a log in memory."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.test import AsyncClient

from tests.support.drawn import Page

Get = Callable[[str], Awaitable[tuple[int, Page]]]
Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    """Set a site whose producers make nothing by themselves."""
    # Its middleware warns of a folder that only a deployed site has.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "servestatic" not in name]
    settings.TIME_ZONE = "UTC"
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.EVENT_LOG = {"BACKEND": "dashboard.log.memory.MemoryLog"}
    settings.DASHBOARDS = {}
    settings.PRODUCERS = {
        "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
        "camera": {"BACKEND": "no.such.Camera"},
    }


@pytest.fixture
def client() -> AsyncClient:
    return AsyncClient()


@pytest.fixture
def until() -> Until:
    """Return a function that waits until a condition holds, and fails after 30 seconds."""

    async def until(holds: Callable[[], object]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                await asyncio.sleep(0.001)

    return until


@pytest.fixture
def get(client: AsyncClient) -> Get:
    """Return a function that gets a page: its status, and what a parser sees of it."""

    async def get(path: str) -> tuple[int, Page]:
        response = await client.get(path)
        return response.status_code, Page(response.content.decode())

    return get
