"""Snippets: what is pasted into another page to show an embed there."""

from dataclasses import dataclass
from typing import Final

from django.template.loader import render_to_string
from django.urls import reverse

from dashboard.access.tickets import mint
from dashboard.embeds.addresses import oembed_path, still_path, stream_path, ticket_of, url_of
from dashboard.embeds.frame import frame, size_of
from dashboard.models import Embed
from dashboard.tiles.site import current_site

SWAPS: Final = "dashboard/embeds/swaps.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippets:
    """Each shows the same: as a frame, in a page that runs htmx, to a consumer of oEmbed, as a
    picture of each tile in Markdown, and alone."""

    iframe: str
    htmx: str
    oembed: str
    markdown: str
    link: str


def snippets_of(embed: Embed, base_url: str) -> Snippets:
    """Return what there is to copy; `base_url` has no slash at its end. HTML is escaped already."""
    url, ticket = url_of(embed, base_url), mint(ticket_of(embed))
    titles = [
        (id_, current_site().tiles[id_].title if id_ in current_site().tiles else id_)
        for id_ in embed.tiles
    ]
    width, height = size_of(len(titles))
    swaps = {
        "id": f"eventwall-{embed.key}",
        "style": base_url + reverse("dashboard:embed-style"),
        "url": base_url + stream_path(embed.tiles, ticket),
        "tiles": embed.tiles,
        "theme": embed.theme,
    }
    return Snippets(
        iframe=frame(url, str(embed) or "Eventwall", width, height, embed.theme),
        htmx=render_to_string(SWAPS, swaps).strip(),
        oembed=base_url + oembed_path(url),
        markdown="\n".join(
            f"![{_plain(title)}]({base_url}{still_path(id_, ticket)})" for id_, title in titles
        ),
        link=url,
    )


def _plain(title: str) -> str:
    """Return the title as text that Markdown takes for nothing else."""
    return "".join(f"\\{letter}" if letter in "\\[]<>*_`&!" else letter for letter in title)
