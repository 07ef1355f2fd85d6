"""Who may remove what first use has made, from the wall itself, and that nobody else can."""

from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient

from dashboard.models import StoredProducer
from dashboard.tiles.changes import add_on_first_use, add_producer
from dashboard.tiles.site import current_site
from dashboard.wall.runtime import Runtime
from producers.events import Event
from tests.sharing.conftest import NOTES, Client, page
from tests.support.drawn import Page

pytestmark = pytest.mark.django_db(transaction=True)

MAY = [
    # ACCESS, DEBUG, who, header of a proxy, status of a POST
    ("login", True, "nobody", False, 302),
    ("login", True, "carl", False, 403),
    ("login", False, "ben", False, 204),
    ("login", False, "root", False, 204),
    ("public", True, "nobody", False, 204),
    ("public", True, "nobody", True, 403),
    ("public", False, "nobody", False, 403),
    ("public", False, "ben", False, 204),
]
KITCHEN = "/producers/kitchen/remove/"


@pytest.fixture(autouse=True)
async def kitchen(wall: Runtime, users: dict[str, User]) -> None:
    """Have a producer of first use on the wall, and give ben the permission to remove it."""
    permission = await Permission.objects.aget(codename="change_dashboard")
    await users["ben"].user_permissions.aadd(permission)
    await sync_to_async(add_on_first_use)(["kitchen"], 100)
    await wall.new_names._follow()


async def names() -> set[str]:
    return {alias async for alias in StoredProducer.objects.values_list("alias", flat=True)}


@pytest.mark.parametrize(("access", "debug", "who", "proxied", "status"), MAY)
async def test_who_may_remove(
    access: str,
    debug: bool,
    who: str,
    proxied: bool,
    status: int,
    settings: Any,
    browser_of: Client,
) -> None:
    settings.ACCESS, settings.DEBUG = access, debug
    client = await browser_of(who)
    headers = {"X-Forwarded-For": "192.0.2.1"} if proxied else {}
    sees_wall = access == "public" or who != "nobody"

    wall = await page(client, "/", 200 if sees_wall else 302, headers=headers)
    answer = await client.post(KITCHEN, headers={"HX-Request": "true", **headers})

    # The others' tiles are nobody's to remove here.
    assert len(wall.with_class("remove-it")) == (status == 204)
    assert answer.status_code == status
    assert ("kitchen" in await names()) == (status != 204)


async def test_a_form_without_its_token_removes_nothing(browser_of: Client) -> None:
    client = AsyncClient(enforce_csrf_checks=True)
    client.cookies = (await browser_of("ben")).cookies

    assert (await client.post(KITCHEN)).status_code == 403
    shown = await client.get("/")
    token = shown.context["csrf_token"]
    assert await names() == {"kitchen"}

    sent = await client.post(KITCHEN, {"csrfmiddlewaretoken": str(token)})

    assert (sent.status_code, sent["Location"]) == (302, "/")
    assert await names() == set()


async def test_only_what_first_use_has_made_is_removed(wall: Runtime, browser_of: Client) -> None:
    await sync_to_async(add_producer)("attic", NOTES, {})
    await wall.new_names._follow()
    client = await browser_of("root")

    for alias in ("attic", "notes"):
        answer = await client.post(f"/producers/{alias}/remove/")
        assert answer.status_code == 409
        assert "was not made on first use" in answer.content.decode()
    assert await names() == {"kitchen", "attic"}


async def test_what_may_not_be_read_may_not_be_removed(wall: Runtime, browser_of: Client) -> None:
    await StoredProducer.objects.filter(alias="kitchen").aupdate(readers=["user:anna"])
    await wall.new_names._follow()
    client = await browser_of("ben")

    assert (await client.post(KITCHEN)).status_code == 404
    assert await names() == {"kitchen"}


async def test_how_it_is_drawn_is_told_and_fixed_by_one_select(
    wall: Runtime, browser_of: Client
) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    event = Event(producer="kitchen", type="reading", time=at, data={"value": 21.4})
    await wall.log.append([event])
    client = await browser_of("ben")
    told = await page(client, "/producers/kitchen/")
    assert "As number: each event holds one number." in told.text
    assert {"name": "widget", "id": "widget"} in told.all("select")

    answer = await client.post(
        "/producers/kitchen/widget/", {"widget": "chart"}, headers={"HX-Request": "true"}
    )

    assert "As chart: it was fixed to that." in Page(answer.content.decode()).text
    await wall.new_names._follow()
    assert type(current_site().tiles["kitchen"].widget).__name__ == "ChartWidget"
    refused = await client.post("/producers/kitchen/widget/", {"widget": "os.system"})
    assert (refused.status_code, "legal are auto, bars" in refused.content.decode()) == (409, True)
    looks_on = await browser_of("carl")
    assert (
        await looks_on.post("/producers/kitchen/widget/", {"widget": "feed"})
    ).status_code == 403
    seen = await page(looks_on, "/producers/kitchen/")
    assert "As chart" in seen.text
    assert seen.all("select") == []


async def test_a_link_leads_to_the_producers_page(browser_of: Client) -> None:
    answer = await (await browser_of("ben")).get(KITCHEN)

    assert (answer.status_code, answer["Location"]) == (302, "/producers/kitchen/")
