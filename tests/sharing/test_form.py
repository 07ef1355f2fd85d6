"""The form: what it makes, and what it says when that is not legal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from dashboard.models import Embed
from tests.sharing.conftest import Client, page, send
from tests.support.drawn import Page

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


async def test_what_was_asked_for_is_made(browser_of: Client, users: dict[str, User]) -> None:
    response = await send(
        await browser_of("ben"),
        tiles=["notes", "doors"],
        origins="HTTPS://Wiki.example:443\r\n\r\n https://a.example:8443",
        theme="dark",
        title="Front door",
    )

    embed = await Embed.objects.select_related("created_by").aget()
    assert response.status_code == 302
    assert response.headers["Location"] == f"/embeds/{embed.key}/"
    assert embed.tiles == ["notes", "doors"]
    assert embed.origins == ["https://wiki.example", "https://a.example:8443"]
    assert (embed.theme, embed.title, embed.created_by) == ("dark", "Front door", users["ben"])


@pytest.mark.parametrize(
    ("lasts", "life"),
    [
        ("hour", timedelta(hours=1)),
        ("day", timedelta(days=1)),
        ("month", timedelta(days=30)),
        ("never", None),
    ],
)
async def test_it_lasts_as_long_as_was_said(
    lasts: str, life: timedelta | None, browser_of: Client
) -> None:
    before = datetime.now(UTC)

    await send(await browser_of("ben"), lasts=lasts)

    expires = (await Embed.objects.aget()).expires
    if life is None:
        assert expires is None
    else:
        assert expires is not None
        assert timedelta() <= expires - before - life < timedelta(seconds=10)


FAULTS: list[tuple[str, object, str]] = [
    ("tiles", [], "Choose at least one tile."),
    ("tiles", ["nothing"], "nothing is not one of the available choices"),
    ("tiles", ["vault"], "vault is not one of the available choices"),
    ("lasts", "always", "always is not one of the available choices"),
    ("theme", "pink", "pink is not one of the available choices"),
    ("title", "x" * 81, "at most 80 characters"),
    ("title", "a\u202eb", "80 printable characters at most"),
    *(
        ("origins", origin, "legal is scheme and host, and the port if it has one")
        for origin in ("*", "null", "https://*.example", "https://a.example/x", "ftp://a.example")
    ),
    ("origins", "https://a.example\nhttps://b.example:99999", "'https://b.example:99999'"),
    ("origins", "\n".join(f"https://{n}.example" for n in range(17)), "16 at most"),
]


@pytest.mark.parametrize(("field", "value", "said"), FAULTS)
async def test_a_fault_is_said_at_its_field(
    field: str, value: object, said: str, browser_of: Client
) -> None:
    response = await send(await browser_of("ben"), **{field: value})

    answered = Page(response.content.decode())
    assert response.status_code == 200
    assert said in answered.text
    assert f"id_{field}_error" in [tag.get("id") for tag in answered.all("div")]
    assert len(answered.with_class("wrong")) == 1
    assert [tag for _, tag in answered.tags if "autofocus" in tag]
    assert await Embed.objects.acount() == 0


async def test_each_wrong_origin_is_named(browser_of: Client) -> None:
    response = await send(await browser_of("ben"), origins="null\nhttps://ok.example\n*")

    answered = Page(response.content.decode())
    assert len(answered.with_class("fault")) == 2
    assert "'null'" in answered.text
    assert "'*'" in answered.text


async def test_the_form_begins_with_the_tile(browser_of: Client) -> None:
    form = await page(await browser_of("ben"), "/share/?tiles=doors")

    assert checked(form, "tiles") == ["doors"]
    assert checked(form, "lasts") == ["month"]
    assert "Share doors" in form.text


async def test_tiles_that_the_maker_may_not_see_are_not_offered(browser_of: Client) -> None:
    bens = await page(await browser_of("ben"), "/share/?tiles=vault")
    annas = await page(await browser_of("anna"), "/share/?tiles=vault")

    assert "vault" not in bens.text
    assert checked(bens, "tiles") == []
    assert checked(annas, "tiles") == ["vault"]


async def test_another_like_it_begins_as_that_did(browser_of: Client) -> None:
    client = await browser_of("ben")
    await send(client, tiles=["doors"], lasts="day", origins="https://a.example", theme="light")
    first = await Embed.objects.aget()

    form = await page(client, f"/share/?like={first.key}")

    assert checked(form, "tiles") == ["doors"]
    assert checked(form, "lasts") == ["day"]
    assert checked(form, "theme") == ["light"]
    assert "https://a.example" in form.text


async def test_of_an_embed_of_somebody_else_nothing_is_copied(browser_of: Client) -> None:
    await send(await browser_of("anna"), tiles=["vault"], origins="https://secret.example")
    annas = await Embed.objects.aget()

    form = await page(await browser_of("ben"), f"/share/?like={annas.key}")

    assert checked(form, "tiles") == []
    assert "secret" not in form.text


async def test_the_panel_is_a_part_of_a_page(browser_of: Client) -> None:
    client = await browser_of("ben")

    panel = await page(client, "/share/?tiles=notes", headers=HTMX)
    whole = await page(client, "/share/?tiles=notes")

    assert not panel.all("html")
    assert panel.all("form")[0]["hx-target"] == "#share"
    assert whole.all("html")
    assert "hx-post" not in whole.all("form")[0]
    assert (panel.open, panel.misnested) == ([], [])


async def test_the_panel_answers_with_a_preview_and_what_to_copy(browser_of: Client) -> None:
    client = await browser_of("ben")
    sent = {"tiles": ["notes"], "lasts": "never", "theme": "auto"}

    response = await client.post("/share/", sent, headers=HTMX)

    answered = Page(response.content.decode())
    (frame,) = answered.all("iframe")
    assert frame["src"].startswith("http://testserver/embed/notes/?t=")
    assert answered.text.count(frame["src"]) == 2
    assert "No other page may frame it" in answered.text
    assert all("readonly" in area for area in answered.all("textarea"))
    assert (answered.open, answered.misnested) == ([], [])


async def test_what_is_copied_is_html_and_not_what_a_browser_makes_of_it(
    browser_of: Client,
) -> None:
    client = await browser_of("ben")
    await send(client, title='</textarea>"&amp;')
    embed = await Embed.objects.aget()

    shown = await page(client, f"/embeds/{embed.key}/")

    assert 'title="&lt;/textarea&gt;&quot;&amp;amp;"' in shown.text
    assert len(shown.all("iframe")) == 1


async def test_a_name_is_shown_as_text(browser_of: Client) -> None:
    client = await browser_of("ben")
    await send(client, title="<img src=x>")
    embed = await Embed.objects.aget()

    for path in ("/embeds/", f"/embeds/{embed.key}/", f"/embeds/{embed.key}/end/"):
        shown = await page(client, path)
        assert "<img src=x>" in shown.text
        assert {"src": "x"} not in shown.all("img")


def checked(form: Page, name: str) -> list[str]:
    inputs: list[Any] = [tag for tag in form.all("input") if tag.get("name") == name]
    return [tag["value"] for tag in inputs if "checked" in tag]
