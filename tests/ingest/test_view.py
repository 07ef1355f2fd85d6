"""The view under Django's own handler: by URL, with the real runtime."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError
from django.test import AsyncClient, override_settings
from standardwebhooks import Webhook

from dashboard.ingest.tokens import create_token
from dashboard.ingest.webhook_secrets import create_webhook_secret
from dashboard.log.base import Bounds, LogUnavailable
from dashboard.log.memory import MemoryLog
from dashboard.wall import current
from dashboard.wall.runtime import Runtime

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def wall() -> AsyncIterator[Runtime]:
    with override_settings(
        PRODUCERS={"notes": {"BACKEND": "producers.notes.NotesProducer"}},
        EVENT_LOG={"BACKEND": "dashboard.log.memory.MemoryLog"},
        ALLOWED_HOSTS=["testserver"],
        MIDDLEWARE=[*settings.MIDDLEWARE, "django.middleware.csrf.CsrfViewMiddleware"],
    ):
        async with current.running() as wall:
            yield wall


@pytest.fixture
async def token(wall: Runtime) -> str:
    token = await sync_to_async(create_token)("test")
    await wall.tokens.load()
    return token


@pytest.mark.parametrize("path", ["/ingest/notes", "/ingest/notes/"])
async def test_post_is_stored_with_and_without_the_last_slash(
    path: str, wall: Runtime, token: str
) -> None:
    # As a browser does: with a session cookie, but without a CSRF token.
    client = AsyncClient(enforce_csrf_checks=True)

    response = await client.post(
        path,
        data={"text": "door open"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    [entry] = await wall.log.latest("notes", 10)
    assert response.status_code == 201, response.content
    assert response.json() == {"ids": [str(entry.id)]}
    assert entry.event.data["text"] == "door open"


async def test_signed_post_is_stored_without_a_token(wall: Runtime) -> None:
    secret = await sync_to_async(create_webhook_secret)("shop", ["notes"])
    await wall.webhooks.load()
    now, body = datetime.now(UTC), '{"text": "sold"}'
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", now, body),
    }

    first, again = [
        await AsyncClient().post(
            "/ingest/notes", data=body, content_type="application/json", headers=headers
        )
        for _ in range(2)
    ]

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["ids"] == again.json()["ids"]


async def test_refusals_come_through_the_middleware_whole(wall: Runtime) -> None:
    response = await AsyncClient().post("/ingest/notes", data={}, content_type="application/json")
    shown = await AsyncClient().get("/ingest/notes")

    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="eventwall"'
    assert shown.status_code == 405
    assert "http://testserver/ingest/notes" in shown.json()["detail"]


class DeadLog(MemoryLog):
    """A log whose database is away when the wall starts."""

    error: Exception = LogUnavailable("the database is away")

    async def bounds(self) -> Bounds:
        raise self.error


class DeadDatabaseLog(DeadLog):
    error = DatabaseError("the database is away")


@pytest.mark.parametrize("log", [DeadLog, DeadDatabaseLog])
async def test_wall_that_cannot_start_asks_to_try_later(log: type[DeadLog]) -> None:
    backend = f"{__name__}.{log.__name__}"
    with override_settings(EVENT_LOG={"BACKEND": backend}, ALLOWED_HOSTS=["testserver"]):
        response = await AsyncClient().post("/ingest/notes", data={})
        with pytest.raises(type(log.error)):  # and the runtime that did not start is forgotten
            async with current.running():
                pass

    assert response.status_code == 503
    assert response.json()["type"] == "urn:eventwall:problem:log-unavailable"
    assert response.headers["Retry-After"]
