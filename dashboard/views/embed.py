"""The view of /embed/<tile>+<tile>/: tiles for a frame in another page, and nothing around them."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from dashboard.access.access import Access, denied
from dashboard.access.viewer import viewer_of
from dashboard.conf import conf
from dashboard.embeds.addresses import oembed_path, page_path, stream_path
from dashboard.embeds.cors import parents_of
from dashboard.http.headers import let_frame
from dashboard.http.parameters import with_parameters
from dashboard.models import Embed
from dashboard.tiles.config import Tile
from dashboard.views.authorize import authorize_read
from dashboard.views.pages import needs_log
from dashboard.wall import current


@require_safe
@with_parameters("t", "theme", "scheme")
@needs_log
async def embed(request: HttpRequest, ids: str) -> HttpResponse:
    """Tiles on one stream: with `?t=<ticket>`, or, where ACCESS is public, without.

    No cookie is read or set. Whatever is not to be seen is answered alike, and framed by nobody.
    """
    now = await current.started()
    access = await may_see(request)
    chosen = chosen_of(ids, access)
    if chosen is None:
        return not_shown(request)
    viewer = replace(viewer_of(request, access), is_guest=True)
    names, text = [tile.id for tile in chosen], request.GET.get("t")
    context = {
        "title": ", ".join(tile.title for tile in chosen),
        "theme": theme_of(request, access),
        # What draw() returns is a rendered template: escaped already.
        "drawn": [(tile, mark_safe(now.hub.draw(tile, viewer))) for tile in chosen],  # noqa: S308
        "pulse": mark_safe(now.hub.pulse(viewer)),  # noqa: S308
        "stream": stream_path(
            names, text, embed="1" if access.is_account or text is None else None
        ),
        "oembed": viewer.base_url + oembed_path(viewer.base_url + page_path(names, text)),
    }
    response = _kept_private(render(request, "dashboard/embeds/page.html", context))
    let_frame(response, parents_of(access))
    return response


def not_shown(request: HttpRequest) -> HttpResponse:
    """Return the answer to who may not see what was asked for, or to who asks for nothing."""
    return _kept_private(render(request, "dashboard/embeds/refused.html", status=403))


async def may_see(request: HttpRequest) -> Access:
    """Return what may be seen with the request's ticket, or without one; by nobody's session."""
    if "t" in request.GET or conf().ACCESS == "public":
        return await authorize_read(request)
    return denied("signed-out")


def chosen_of(ids: str, access: Access) -> tuple[Tile, ...] | None:
    """Return the tiles that "<id>+<id>" names; None when one of them is not to be seen."""
    known = access.all_tiles()
    names = list(dict.fromkeys(ids.split("+")))
    return tuple(known[name] for name in names) if known.keys() >= set(names) else None


def theme_of(request: HttpRequest, access: Access) -> str:
    """Return the classes of the theme that is asked for, else of the ticket's, else "auto".

    A transparent frame shows what is behind it only while both have the same colour scheme, and
    it cannot know that of its parent: it is light, or with `?scheme=dark` dark.
    """
    ticket = access.ticket
    said = request.GET.get("theme") or (ticket.theme if ticket is not None else None)
    if said == "transparent":
        return f"{said} {'dark' if request.GET.get('scheme') == 'dark' else 'light'}"
    return said if said in Embed.THEMES else "auto"


def _kept_private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    # The URL holds the ticket.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
