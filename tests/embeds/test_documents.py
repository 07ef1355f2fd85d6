"""docs/embed.md: its snippets are those that the wall shows, and its page is drawn."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from dashboard.access.tickets import mint
from dashboard.embeds.addresses import ticket_of
from dashboard.embeds.snippets import snippets_of
from dashboard.embeds.still import LARGEST_PICTURE
from dashboard.http.origins import exact_origins
from dashboard.models import Embed
from dashboard.wall import current
from tests.support.documents import block, blocks

# Without a wall, what is shown is read from the database.
pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).parents[2] / "docs" / "embed.md"


@pytest.fixture(autouse=True)
def site(settings: Any) -> Iterator[None]:
    settings.ACCESS = "public"
    settings.DASHBOARDS = {}
    settings.PRODUCERS = {
        "clock": {"BACKEND": "producers.clock.ClockProducer"},
        "host": {"BACKEND": "producers.system.SystemProducer"},
    }
    yield
    current._current = None  # what draws a tag makes one, which is not started


def shown(*tiles: str) -> dict[str, str]:
    """Return the snippets of an embed, with TICKET for its ticket and KEY for its key."""
    embed = Embed(key="0123456789abcdef", tiles=list(tiles))
    snippets = snippets_of(embed, "https://wall.example")
    ticket = mint(ticket_of(embed))
    names = ("iframe", "htmx", "markdown")
    said = {name: getattr(snippets, name).replace(ticket, "TICKET") for name in names}
    return {name: text.replace(embed.key, "KEY") + "\n" for name, text in said.items()}


def test_the_snippets_are_those_of_the_wall() -> None:
    assert block(DOCUMENT, "html", "<iframe") == shown("clock")["iframe"]
    assert block(DOCUMENT, "html", "sse-connect") == shown("clock", "host")["htmx"]
    assert blocks(DOCUMENT, "markdown") == [shown("clock")["markdown"]]


def test_the_page_of_tags_can_be_drawn() -> None:
    source = block(DOCUMENT, "html", "{% load eventwall %}")
    request = RequestFactory().get("/")

    html = Template(source).render(Context({"request": request}))

    assert "/stream/?tiles=clock,host&embed=page" in unescape(html)
    assert html.count("sse-connect") == 1


def test_the_setting_is_legal_as_it_stands() -> None:
    (source,) = [text for text in blocks(DOCUMENT, "python") if "EMBED_ORIGINS" in text]
    said: dict[str, Any] = {}
    exec(source, said)

    origins = said["EMBED_ORIGINS"]
    assert list(exact_origins(origins)) == origins


def test_the_largest_picture_is_as_it_says() -> None:
    assert f"up to {LARGEST_PICTURE // 1024} KiB" in " ".join(DOCUMENT.read_text().split())
