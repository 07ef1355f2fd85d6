"""Which embeds somebody sees listed, and what is told of each. Its functions block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from django.db.models import QuerySet

from dashboard.access.sharing import Sharer
from dashboard.conf import conf
from dashboard.models import Embed
from dashboard.tiles.config import Tile
from dashboard.tiles.site import current_site
from dashboard.widgets.times import Stamp, stamp

PER_PAGE = 50


class State(NamedTuple):
    """Whether an embed shows anything: a word for the style sheet, and words to read.

    One that is paused shows nothing now, but may again.
    """

    kind: Literal["shows", "paused", "ended"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One embed as its page and the list tell it."""

    key: str
    name: str
    tiles: Sequence[str]
    origins: Sequence[str]
    state: State
    created: Stamp
    last_used: Stamp | None
    by: str


def embeds_of(sharer: Sharer) -> QuerySet[Embed]:
    """Return those embeds that are the sharer's to see and to end, the newest first.

    Of users their own, of superusers everybody's; at this machine's own wall, on which nobody
    has to sign in, those that were made so.
    """
    everybody = Embed.objects.select_related("created_by").order_by("-created", "-pk")
    return everybody if sharer.manages_all else everybody.filter(created_by=sharer.user)


def row_of(embed: Embed, now: datetime, *, with_maker: bool = False) -> Row:
    """Return what is told of an embed at `now`; who made it only if that is asked for."""
    known = current_site().tiles
    titles = [title_of(id_, known) for id_ in embed.tiles]
    return Row(
        key=embed.key,
        name=embed.title or ", ".join(titles),
        tiles=titles,
        origins=embed.origins,
        state=state_of(embed, now),
        created=stamp(embed.created, now),
        last_used=stamp(embed.last_used, now) if embed.last_used else None,
        by=str(embed.created_by or "") if with_maker else "",
    )


def state_of(embed: Embed, now: datetime) -> State:
    """Return whether it shows its tiles at `now`, and since or until when."""
    if embed.revoked is not None:
        return State("ended", f"ended {stamp(embed.revoked, now).text}")
    if embed.expires is not None and embed.expires <= now:
        return State("ended", f"expired {stamp(embed.expires, now).text}")
    if embed.created_by is None and conf().ACCESS == "login":
        return State("paused", "shows nothing: nobody who signs in has made it")
    if embed.created_by is not None and not embed.created_by.is_active:
        return State("paused", "shows nothing: its maker is disabled")
    end = "it is ended" if embed.expires is None else stamp(embed.expires, now).text
    return State("shows", f"shows until {end}")


def title_of(id_: str, known: Mapping[str, Tile]) -> str:
    """Return a tile's title; of one that is no longer there its id."""
    return known[id_].title if id_ in known else id_
