"""Tags: which tiles a page of the same project shows to its viewer, and on what stream."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from dashboard.access.access import Access, Principal, denied
from dashboard.access.sessions import session_digest, stamp_of
from dashboard.access.tickets import Ticket, mint
from dashboard.access.users import KIND, readable_by
from dashboard.access.viewer import OTHERS_PAGE
from dashboard.conf import conf
from dashboard.embeds.addresses import stream_path
from dashboard.tiles.config import Tile
from dashboard.tiles.render import Viewer
from dashboard.views.authorize import everybody
from dashboard.wall import current


@dataclass(frozen=True, slots=True)
class Shown:
    """Tiles on a page, as they are now, and who looks. `drawn` has (tile, inside) rows."""

    drawn: list[tuple[Tile, SafeString]]
    access: Access

    @staticmethod
    def stream(collected: Sequence["Shown"]) -> str | None:
        """Return the path of one stream for all of these; None when nothing is shown."""
        ids = _ids(collected)
        if not ids:
            return None
        return stream_path(ids, _ticket(collected[0].access, ids), embed=OTHERS_PAGE)

    @staticmethod
    def id(collected: Sequence["Shown"]) -> str:
        """Return what the element that holds all these is called in the page."""
        return "-".join(["eventwall", *_ids(collected)])


def _ids(collected: Sequence[Shown]) -> list[str]:
    return list(dict.fromkeys(tile.id for shown in collected for tile, _ in shown.drawn))


def shown_to(request: HttpRequest | None, ids: Iterable[str]) -> Shown:
    """Return those of these tiles that the request's user may see. Blocks where users sign in.

    Raises ValueError when the template has no `request`, where it would have to be known.
    """
    access = _access(request)
    known = access.all_tiles()
    chosen = [known[id_] for id_ in dict.fromkeys(ids) if id_ in known]
    base_url = "" if request is None else request.build_absolute_uri("/").rstrip("/")
    viewer = Viewer(
        base_url,
        None,
        translation.get_language() or "en",
        is_guest=True,
        prefix=get_script_prefix(),
    )
    return Shown([(tile, _drawn(tile, viewer)) for tile in chosen], access)


def _access(request: Any) -> Access:
    if conf().ACCESS == "public":
        return everybody()
    if request is None:
        raise ValueError(
            "ACCESS is 'login', but the template has no request: nobody knows who looks. Render "
            "it with the request, and with the context processor of that name"
        )
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_active:
        return denied("signed-out")
    principal = Principal(
        f"{KIND}:{user.pk}", session_digest(request.session.session_key), stamp_of(user)
    )
    return Access(
        producers=readable_by(user), principal=principal, until=request.session.get_expiry_date()
    )


def _ticket(access: Access, ids: Iterable[str]) -> str | None:
    """Return the viewer's own ticket for these tiles; it ends with the session.

    The cookie is only set by the wall's own pages.
    """
    if access.principal is None or access.until is None:
        return None
    return mint(
        Ticket(
            holder=access.principal.holder,
            session=access.principal.session,
            stamp=access.principal.stamp,
            expires=access.until.replace(microsecond=0),
            tiles=frozenset(ids),
        )
    )


def _drawn(tile: Tile, viewer: Viewer) -> SafeString:
    """Return the tile as it is now; nothing until the hub has read the log."""
    hub = current.current().hub
    if not hub.ready:
        return mark_safe("")

    async def draw() -> str:
        return hub.draw(tile, viewer)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # The hub belongs to its loop, which the server's threads come back to here.
        return mark_safe(async_to_sync(draw)())  # noqa: S308 - a rendered template
    return mark_safe(hub.draw(tile, viewer))  # noqa: S308 - a rendered template
