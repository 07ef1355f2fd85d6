"""The view of /oembed: how a page that was given an embed's URL shows it (oembed.com, 1.0)."""

from typing import Final, NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_safe

from dashboard.access.access import Access
from dashboard.conf import conf
from dashboard.embeds.addresses import page_path
from dashboard.embeds.frame import frame, size_of
from dashboard.http.prefix import without_prefix
from dashboard.http.problems import Refused
from dashboard.tiles.config import Tile
from dashboard.tiles.site import current_site
from dashboard.views.authorize import by_ticket, everybody
from dashboard.views.embed import chosen_of
from dashboard.views.pages import needs_log
from dashboard.wall import current

CACHE_AGE: Final = 3600
"""Seconds for which a consumer may keep the answer."""


class _Asked(NamedTuple):
    """What a URL of ours shows: the tiles' ids as they stand in it, and its ticket."""

    ids: str
    ticket: str | None


@require_safe
@needs_log
async def oembed(request: HttpRequest) -> HttpResponse:
    """An answer of type rich, with the frame; `?url=&format=json&maxwidth=&maxheight=`."""
    await current.started()
    try:
        if (wanted := request.GET.get("format", "json")) != "json":
            raise Refused("format-not-made", f"format is {wanted!r:.80}; legal is json")
        base_url = request.build_absolute_uri("/").rstrip("/")
        asked = _read(request.GET.get("url", ""), base_url)
        access = everybody() if asked.ticket is None else await by_ticket(asked.ticket)
        chosen = _permitted(asked, access)
        width, height = size_of(len(chosen))
        width = min(width, _most(request, "maxwidth"))
        height = min(height, _most(request, "maxheight"))
    except Refused as refused:
        return refused.response()
    title = ", ".join(tile.title for tile in chosen)
    theme = (access.ticket and access.ticket.theme) or "auto"
    url = base_url + page_path([tile.id for tile in chosen], asked.ticket)
    told = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Eventwall",
        "provider_url": base_url + reverse("dashboard:wall"),
        "cache_age": CACHE_AGE,
        "width": width,
        "height": height,
        "html": frame(url, title, width, height, theme),
    }
    return JsonResponse(told, headers={"Cache-Control": "private, no-store"})


def _permitted(asked: _Asked, access: Access) -> tuple[Tile, ...]:
    """Return the tiles. Raises Refused: 404 or 401, by the ticket alone, never by what there is."""
    if asked.ticket is None and conf().ACCESS != "public":
        raise Refused(
            "no-ticket", "give the URL of an embed with its ticket, as the wall's Share shows it"
        )
    chosen = None if access.denial else chosen_of(asked.ids, access)
    if chosen is None:
        raise _nothing() if asked.ticket is None else Refused(
            "invalid-ticket", "the ticket in this URL does not show this, or not any more"
        )  # fmt: skip
    return chosen


def _read(url: str, base_url: str) -> _Asked:
    """Return what `url` shows. Raises Refused when it is not one of an embed or a producer here."""
    try:
        said = urlsplit(url)
        is_ours = _origin(said) == base_url.lower()
        match = resolve(without_prefix(said.path)) if is_ours else None
    except (ValueError, Resolver404):
        raise _nothing() from None
    name = match.url_name if match and match.app_names == ["dashboard"] else None
    ticket = parse_qs(said.query).get("t", [None])[0]
    if match and name == "embed":
        return _Asked(match.kwargs["ids"], ticket)
    if match and name == "still":
        return _Asked(match.kwargs["tile"], ticket)
    if match and name == "producer":
        alias = match.kwargs["alias"]
        shown = [id_ for id_, tile in current_site().tiles.items() if tile.producer == alias]
        return _Asked(shown[0] if shown else alias, ticket)
    raise _nothing()


def _origin(url: SplitResult) -> str:
    return f"{url.scheme}://{url.netloc}".lower()


def _most(request: HttpRequest, name: str) -> int:
    said = request.GET.get(name, "100000")
    if not (said.isascii() and said.isdigit() and 0 < len(said) <= 6 and int(said)):
        raise Refused("bad-size", f"{name} is {said!r:.80}; legal are pixels, 1 to 999999")
    return int(said)


def _nothing() -> Refused:
    return Refused(
        "unknown-embed", "give the whole URL of an embed here, such as /embed/<tile>/ has"
    )
