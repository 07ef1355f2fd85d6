"""What ingest's tests share: producers of several kinds, a log, tokens, a way to post."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import BaseModel, model_validator

from dashboard.ingest.handler import handle_post
from dashboard.ingest.tokens import Token, TokenTable, digest
from dashboard.ingest.webhook_secrets import WebhookTable
from dashboard.log.base import Entry
from dashboard.log.memory import MemoryLog
from producers.base import Producer
from producers.notes import NotesProducer
from producers.registry import Registry
from tests.ingest.posting import NARROW_TOKEN, TOKEN, Answer, Post, make_request, read


class DoorsProducer(Producer):
    """Takes objects of one shape."""

    class Data(BaseModel):
        door: str
        opened: float

    example = '{"door": "north", "opened": 0.5}'


class LevelProducer(Producer):
    """Takes a bare number, but no text."""

    class Data(BaseModel):
        level: float

        @model_validator(mode="before")
        @classmethod
        def _number_alone(cls, value: Any) -> Any:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return {"level": value} if is_number else value


@pytest.fixture
def registry() -> Registry:
    rows = [
        Producer("things"),
        NotesProducer("notes"),
        DoorsProducer("doors"),
        LevelProducer("level"),
    ]
    return Registry({producer.alias: producer for producer in rows})


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog({})


@pytest.fixture
def tokens() -> TokenTable:
    return TokenTable(
        {
            "testtest": Token(name="all", digest=digest(TOKEN), producers=None),
            "narrow00": Token(
                name="narrow", digest=digest(NARROW_TOKEN), producers=frozenset({"notes", "gone"})
            ),
        }
    )


@pytest.fixture
def webhooks() -> WebhookTable:
    return WebhookTable()


@pytest.fixture
def post(registry: Registry, log: MemoryLog, tokens: TokenTable, webhooks: WebhookTable) -> Post:
    """Return a function that posts: `await post(body, content_type, to="notes", headers={})`."""

    async def post(
        body: bytes | str = b"",
        content_type: str | None = "application/json",
        *,
        to: str = "things",
        **request: Any,
    ) -> Answer:
        made = make_request(body, content_type, **request)
        return read(
            await handle_post(
                made, to, producers=registry, log=log, tokens=tokens, webhooks=webhooks
            )
        )

    return post


@pytest.fixture
def stored(log: MemoryLog) -> Callable[[], Awaitable[list[Entry]]]:
    """Return a function that returns what the log holds."""

    async def stored() -> list[Entry]:
        bounds = await log.bounds()
        return await log.read(bounds.oldest._replace(seq=bounds.oldest.seq - 1), 10_000)

    return stored
