"""The list of embeds: whose it shows, in what words, and how one is ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient

from dashboard.embeds.listing import PER_PAGE, row_of
from dashboard.embeds.making import make
from dashboard.models import Embed
from tests.sharing.conftest import Client, page, send

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 22, 14, 3, 7, tzinfo=UTC)


async def test_an_empty_list_says_how_to_begin(browser_of: Client) -> None:
    empty = await page(await browser_of("ben"), "/embeds/")

    assert "Hang a tile on another page." in empty.text
    assert "/share/" in [link.get("href") for link in empty.all("a")]


async def test_users_see_theirs_and_superusers_everybodys(
    browser_of: Client, users: dict[str, User]
) -> None:
    for name in ("anna", "ben"):
        await send(await browser_of(name), title=f"made by {name}")

    seen = {
        name: (await page(await browser_of(name), "/embeds/")).text
        for name in users
        if name != "carl"
    }

    assert "made by anna" in seen["anna"]
    assert "made by ben" not in seen["anna"]
    assert "made by anna" not in seen["ben"]
    assert "made by anna" in seen["root"]
    assert "made by ben" in seen["root"]


async def test_what_was_made_by_others_is_not_to_be_had(browser_of: Client) -> None:
    await send(await browser_of("anna"))
    annas = await Embed.objects.aget()
    client = await browser_of("ben")

    shown = await client.get(f"/embeds/{annas.key}/")
    asked = await client.get(f"/embeds/{annas.key}/end/")
    ended = await client.post(f"/embeds/{annas.key}/end/")

    await annas.arefresh_from_db()
    assert shown.status_code == asked.status_code == ended.status_code == 404
    assert annas.revoked is None


async def test_embeds_of_nobody_are_for_who_tries_the_wall(
    settings: Any, browser_of: Client
) -> None:
    settings.ACCESS, settings.DEBUG = "public", True
    local = AsyncClient()
    await send(local, title="by nobody")
    await send(await browser_of("ben"), title="by ben")

    assert (await Embed.objects.aget(title="by nobody")).created_by_id is None
    assert "by ben" not in (await page(local, "/embeds/")).text
    assert "by nobody" in (await page(local, "/embeds/")).text
    assert "by nobody" not in (await page(await browser_of("ben"), "/embeds/")).text


async def test_asking_ends_nothing_and_the_answer_ends_it(browser_of: Client) -> None:
    client = await browser_of("ben")
    await send(client, title="Front door")
    embed = await Embed.objects.aget()

    asked = await page(client, f"/embeds/{embed.key}/end/")
    await embed.arefresh_from_db()
    before = embed.revoked
    answer = await client.post(f"/embeds/{embed.key}/end/")
    await embed.arefresh_from_db()
    again = await client.post(f"/embeds/{embed.key}/end/")
    listed = await page(client, "/embeds/")
    shown = await page(client, f"/embeds/{embed.key}/")

    assert "End “Front door”?" in asked.text
    assert before is None
    assert embed.revoked is not None
    assert (answer.status_code, answer.headers["Location"]) == (302, "/embeds/")
    assert again.status_code == 302
    assert "ended" in listed.text
    assert f"/embeds/{embed.key}/end/" not in [link.get("href") for link in listed.all("a")]
    assert f"/share/?like={embed.key}" in [link.get("href") for link in listed.all("a")]
    assert "It shows nothing any more" in shown.text
    assert not shown.all("iframe")
    assert "/embed/" not in shown.text


async def test_an_embed_can_be_seen_and_copied_again(browser_of: Client) -> None:
    client = await browser_of("ben")
    await send(client, origins="https://wiki.example")
    embed = await Embed.objects.aget()

    shown = await page(client, f"/embeds/{embed.key}/")

    (frame,) = shown.all("iframe")
    assert frame["src"] in shown.text
    assert "May be framed by https://wiki.example." in shown.text


async def test_superusers_end_what_others_made(browser_of: Client) -> None:
    await send(await browser_of("ben"))
    embed = await Embed.objects.aget()

    await (await browser_of("root")).post(f"/embeds/{embed.key}/end/")

    await embed.arefresh_from_db()
    assert embed.revoked is not None


@pytest.mark.parametrize(
    ("columns", "kind", "text"),
    [
        ({}, "shows", "shows until it is ended"),
        ({"expires": NOW + timedelta(minutes=5)}, "shows", "shows until 14:08:07"),
        ({"expires": NOW}, "ended", "expired 14:03:07"),
        ({"expires": NOW - timedelta(days=1)}, "ended", "expired 2026-11-21 14:03:07"),
        (
            {"revoked": NOW - timedelta(minutes=1), "expires": NOW + timedelta(days=1)},
            "ended",
            "ended 14:02:07",
        ),
        ({"created_by": User(is_active=False)}, "paused", "shows nothing: its maker is disabled"),
        ({"created_by": None}, "paused", "shows nothing: nobody who signs in has made it"),
        ({"created_by": None, "expires": NOW}, "ended", "expired 14:03:07"),
    ],
)
def test_its_state_is_told_in_words(columns: dict[str, Any], kind: str, text: str) -> None:
    embed = Embed(**{"tiles": ["notes", "gone"], "created": NOW, "created_by": User()} | columns)

    row = row_of(embed, NOW)

    assert row.state == (kind, text)
    assert row.name == "notes, gone"
    assert row.last_used is None


async def test_a_long_list_has_pages(browser_of: Client, users: dict[str, User]) -> None:
    for number in range(PER_PAGE + 1):
        await sync_to_async(make)(["notes"], by=users["ben"], title=f"no{number}.")
    client = await browser_of("ben")

    first, second = [(await client.get(f"/embeds/?page={n}")).content.decode() for n in (1, 2)]

    assert "no50." in first
    assert "no0." not in first
    assert "no0." in second
    assert "?page=2" in first
    assert "?page=1" in second


async def test_one_whose_maker_is_disabled_can_be_ended_but_not_copied(
    browser_of: Client, users: dict[str, User]
) -> None:
    await send(await browser_of("ben"))
    embed = await Embed.objects.aget()
    await User.objects.filter(username="ben").aupdate(is_active=False)
    root = await browser_of("root")

    listed = await page(root, "/embeds/")
    shown = await page(root, f"/embeds/{embed.key}/")

    assert "shows nothing: its maker is disabled" in listed.text
    assert f"/embeds/{embed.key}/end/" in [link.get("href") for link in listed.all("a")]
    assert not shown.all("iframe")
    assert not shown.all("textarea")
