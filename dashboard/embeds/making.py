"""Making: embeds are made and revoked here, and in no other way."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from dashboard.access.tickets import mint
from dashboard.embeds.addresses import ticket_of, url_of
from dashboard.embeds.principals import readable_by_maker
from dashboard.embeds.snippets import Snippets, snippets_of
from dashboard.http.origins import BadOrigin, exact_origins
from dashboard.models import Embed
from dashboard.tiles.site import current_site

__all__ = ["BadEmbed", "Snippets", "make", "revoke", "snippets_of", "ticket_of", "url_of"]

MOST_TILES = 16
LONGEST_TITLE = 80


class BadEmbed(ValueError):
    """No such embed can be made. `field` is the argument that is wrong; the message says how."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def make(
    tiles: Sequence[str],
    origins: Sequence[str] = (),
    theme: str = "auto",
    expires: datetime | None = None,
    by: Any = None,
    title: str = "",
) -> Embed:
    """Store and return an embed of these tiles, made by the user `by` (None: by nobody known).

    `origins` may frame it beside the wall itself; `expires` is aware, None: never. Raises
    BadEmbed. Blocks.
    """
    embed = Embed(
        title=_title(title),
        tiles=_tiles(tiles, by),
        origins=_origins(origins),
        theme=theme,
        expires=_expiry(expires),
        created_by=by if getattr(by, "is_authenticated", False) else None,
    )
    if theme not in Embed.THEMES:
        raise BadEmbed("theme", f"theme is {theme!r:.80}; legal are {', '.join(Embed.THEMES)}")
    try:
        mint(ticket_of(embed))
    except ValueError as error:
        raise BadEmbed("tiles", str(error)) from error
    embed.save()
    return embed


def revoke(embed: Embed) -> None:
    """Take the embed back. Blocks.

    Each server looks once a second whether those for whom streams are open still may see them:
    none of its streams is open five seconds later.
    """
    embed.revoked = timezone.now()
    # What was revoked before stays so since then.
    Embed.objects.filter(pk=embed.pk, revoked=None).update(revoked=embed.revoked)
    embed.refresh_from_db(fields=["revoked"])


def _title(title: str) -> str:
    if len(title) > LONGEST_TITLE or not (title.isprintable() or not title):
        raise BadEmbed(
            "title",
            f"title is {title!r:.100}; legal are {LONGEST_TITLE} printable characters at most",
        )
    return title.strip()


def _tiles(ids: Sequence[str], by: Any) -> list[str]:
    readable = readable_by_maker(by)
    known = [
        id_
        for id_, tile in current_site().tiles.items()
        if readable is None or readable.issuperset(tile.producers)
    ]
    chosen = list(dict.fromkeys(ids))
    if unknown := [id_ for id_ in chosen if id_ not in known]:
        # Alike whether there is none of that name or its maker may not see it.
        raise BadEmbed(
            "tiles",
            f"there is no tile {unknown[0]!r:.80}; legal are {', '.join(known) or 'none'}",
        )
    if not 1 <= len(chosen) <= MOST_TILES:
        raise BadEmbed("tiles", f"{len(chosen)} tiles are chosen; legal are 1 to {MOST_TILES}")
    return chosen


def _origins(texts: Sequence[str]) -> list[str]:
    try:
        return list(exact_origins(texts))
    except BadOrigin as error:
        raise BadEmbed("origins", str(error)) from error


def _expiry(expires: datetime | None) -> datetime | None:
    if expires is not None and (expires.tzinfo is None or expires <= timezone.now()):
        raise BadEmbed("expires", f"expires is {expires}; legal is a time to come, with its zone")
    return expires
