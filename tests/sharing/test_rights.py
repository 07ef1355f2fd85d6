"""Who may share, and that nobody else finds the means to."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient

from dashboard.models import Embed
from tests.sharing.conftest import Client, page, send

pytestmark = pytest.mark.django_db(transaction=True)

MAY = [
    # ACCESS, DEBUG, who, header of a proxy, status of /share/
    ("login", False, "nobody", False, 302),
    ("login", True, "nobody", False, 302),
    ("login", False, "carl", False, 403),
    ("login", True, "carl", False, 403),
    ("login", False, "ben", False, 200),
    ("login", False, "root", False, 200),
    ("public", True, "nobody", False, 200),
    ("public", True, "nobody", True, 302),
    ("public", False, "nobody", False, 302),
    ("public", False, "carl", False, 403),
    ("public", False, "ben", False, 200),
    ("public", False, "root", False, 200),
]


@pytest.mark.parametrize(("access", "debug", "who", "proxied", "status"), MAY)
async def test_who_may_share(
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
    answers = {
        path: (await client.get(path, headers=headers)).status_code
        for path in ("/share/", "/embeds/", "/embeds/abc/", "/embeds/abc/end/")
    }
    refused = await client.post("/share/", {"tiles": ["notes"]}, headers=headers)

    found = 404 if status == 200 else status
    assert answers["/share/"] == answers["/embeds/"] == status
    assert answers["/embeds/abc/"] == answers["/embeds/abc/end/"] == found
    assert refused.status_code == status
    assert bool(wall.with_class("share-it")) == (status == 200)
    assert bool(wall.with_class("to-embeds")) == (status == 200)
    assert ("share" in {tag.get("id") for tag in wall.all("aside")}) == (status == 200)
    assert await Embed.objects.acount() == 0


async def test_each_tile_has_one_button_beside_what_the_stream_replaces(browser_of: Client) -> None:
    wall = await page(await browser_of("ben"), "/")

    asked = [button["hx-get"] for button in wall.with_class("share-it")]
    assert asked == ["/share/?tiles=notes", "/share/?tiles=doors"]
    assert (wall.open, wall.misnested) == ([], [])


async def test_a_tile_is_alike_for_who_may_share_and_who_may_not(browser_of: Client) -> None:
    tiles = re.compile(r"<article.*?</article>", re.DOTALL)

    drawn = [
        tiles.findall((await (await browser_of(name)).get("/")).content.decode())
        for name in ("ben", "carl")
    ]

    assert len(drawn[0]) == 2
    # But where it lies says what is around it, where a button stands beside it.
    assert [re.sub(' class="tile[^"]*"', "", tile) for tile in drawn[0]] == [
        re.sub(' class="tile[^"]*"', "", tile) for tile in drawn[1]
    ]


async def test_what_is_missing_is_said(browser_of: Client) -> None:
    refused = await page(await browser_of("carl"), "/embeds/", 403)

    assert "You may look, but not share." in refused.text
    assert "dashboard.add_embed" in refused.text


async def test_a_panel_of_one_who_no_longer_may_is_told_to_load_the_page(
    browser_of: Client, users: dict[str, User]
) -> None:
    client = await browser_of("ben")
    await users["ben"].user_permissions.aclear()
    carls = await client.get("/share/", headers={"HX-Request": "true"})
    await client.alogout()
    nobodys = await client.get("/share/", headers={"HX-Request": "true"})

    for response in (carls, nobodys):
        assert response.status_code == 403
        assert response.headers["HX-Refresh"] == "true"
        assert response.content == b""


async def test_only_the_form_sets_a_cookie_where_nobody_signs_in(settings: Any) -> None:
    settings.ACCESS, settings.DEBUG = "public", True
    client = AsyncClient()

    before = [(await client.get(path)).cookies for path in ("/", "/embeds/", "/producers/notes/")]
    form = await client.get("/share/")

    assert all(not cookies for cookies in before)
    assert list(form.cookies) == ["eventwall_csrf"]


async def test_nothing_is_made_for_another_site(users: dict[str, User]) -> None:
    client = AsyncClient(enforce_csrf_checks=True)
    await client.aforce_login(users["ben"])

    response = await send(client)

    assert response.status_code == 403
    assert await Embed.objects.acount() == 0


@pytest.mark.parametrize("path", ["/share/", "/embeds/"])
async def test_pages_of_sharing_are_kept_nowhere(path: str, browser_of: Client) -> None:
    response = await (await browser_of("ben")).get(path)

    assert response.headers["Cache-Control"] == "private, no-store"
    assert "HX-Request" in response.headers["Vary"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


async def test_the_closed_panel_holds_nothing() -> None:
    closed = await page(AsyncClient(), "/share/closed/")

    assert closed.text.startswith("One moment…")
