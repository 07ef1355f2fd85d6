"""Addresses: an embed's ticket, and the URLs that it is shown at."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from dashboard.access.tickets import Ticket, mint
from dashboard.embeds.principals import KIND
from dashboard.models import Embed

_NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)


def ticket_of(embed: Embed) -> Ticket:
    """Return the embed's ticket: always the same, so that all who show it are one audience."""
    return Ticket(
        holder=f"{KIND}:{embed.key}",
        expires=(embed.expires or _NEVER).replace(microsecond=0),
        tiles=frozenset(embed.tiles),
        origins=tuple(embed.origins),
        theme=embed.theme,
    )


def url_of(embed: Embed, base_url: str) -> str:
    """Return where the embed is shown; `base_url` has no slash at its end."""
    return base_url + page_path(embed.tiles, mint(ticket_of(embed)))


def page_path(tiles: Sequence[str], ticket: str | None = None) -> str:
    """Return the path of the page with these tiles."""
    return _with_ticket(reverse("dashboard:embed", args=["+".join(tiles)]), ticket)


def still_path(tile: str, ticket: str | None = None) -> str:
    """Return the path of the still picture of a tile."""
    return _with_ticket(reverse("dashboard:still", args=[tile]), ticket)


def stream_path(
    tiles: Sequence[str], ticket: str | None = None, *, embed: str | None = None
) -> str:
    """Return the path of a stream of these tiles; with `embed` its reader is taken for a guest."""
    query = {"tiles": ",".join(tiles)} | ({"t": ticket} if ticket else {})
    if embed is not None:
        query["embed"] = embed
    return f"{reverse('dashboard:stream')}?{urlencode(query, safe=',')}"


def oembed_path(url: str) -> str:
    """Return the path at which oEmbed says how to embed `url`."""
    return f"{reverse('dashboard:oembed')}?{urlencode({'url': url, 'format': 'json'})}"


def _with_ticket(path: str, ticket: str | None) -> str:
    return f"{path}?{urlencode({'t': ticket})}" if ticket else path
