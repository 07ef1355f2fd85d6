"""What the tests of sharing share: a wall in this process, and browsers of those who look."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient

from dashboard.wall import current
from dashboard.wall.runtime import Runtime
from tests.support.drawn import Page

NOTES = "producers.notes.NotesProducer"
Client = Callable[[str], Awaitable[AsyncClient]]


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    """Set a site on which users sign in; one of its tiles is only for anna."""
    # Its middleware warns of a folder that only a deployed site has.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "servestatic" not in name]
    settings.ACCESS = "login"
    settings.TIME_ZONE = "UTC"
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.EVENT_LOG = {"BACKEND": "dashboard.log.memory.MemoryLog"}
    settings.DASHBOARDS = {}
    settings.PRODUCERS = {
        "notes": {"BACKEND": NOTES},
        "doors": {"BACKEND": NOTES},
        "vault": {"BACKEND": NOTES, "READERS": ["user:anna"]},
    }


@pytest.fixture(autouse=True)
async def wall(transactional_db: None, site: None) -> AsyncIterator[Runtime]:
    async with current.running() as running:
        yield running


@pytest.fixture
def users(transactional_db: None) -> dict[str, User]:
    """Return anna and ben, who may share, carl, who may not, and the superuser root."""
    may_share = Permission.objects.get(codename="add_embed")
    made = {name: User.objects.create_user(name) for name in ("anna", "ben", "carl")}
    made["root"] = User.objects.create_superuser("root")
    for name in ("anna", "ben"):
        made[name].user_permissions.add(may_share)
    return made


@pytest.fixture
def browser_of(users: dict[str, User]) -> Client:
    """Return a function that returns the browser of a user, signed in; of "nobody", as it is."""

    async def browser_of(name: str) -> AsyncClient:
        client = AsyncClient()
        if name != "nobody":
            await client.aforce_login(users[name])
        return client

    return browser_of


async def page(
    client: AsyncClient, path: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Page:
    """Get a page, as a parser sees it."""
    response = await client.get(path, headers=headers)
    assert response.status_code == status, response
    return Page(response.content.decode())


async def send(client: AsyncClient, **fields: object) -> Any:
    """Send the form of sharing with these fields, the others as they begin; return the answer."""
    begun = {"tiles": ["notes"], "lasts": "month", "origins": "", "theme": "auto", "title": ""}
    return await client.post("/share/", begun | fields)
