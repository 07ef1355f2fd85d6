"""The view of /embed/<tile>.svg: a still picture of a tile."""

from hashlib import sha256
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from dashboard.access.access import Access
from dashboard.embeds.still import LARGEST_PICTURE, draw_still, picture_of, policy
from dashboard.http.parameters import with_parameters
from dashboard.pictures.names import is_stored_name, media_type_of
from dashboard.tiles.sight import Sight
from dashboard.views.embed import chosen_of, may_see, not_shown, theme_of
from dashboard.views.pages import needs_log
from dashboard.wall import current

if TYPE_CHECKING:
    from dashboard.wall.runtime import Runtime

MAX_AGE = 60
"""Seconds for which the picture may be shown as it was."""


@require_safe
@with_parameters("t", "theme", "scheme")
@needs_log
async def still(request: HttpRequest, tile: str) -> HttpResponse:
    """The tile as it is now: with `?t=<ticket>`, or, where ACCESS is public, without."""
    now = await current.started()
    access = await may_see(request)
    chosen = chosen_of(tile, access)
    if chosen is None or len(chosen) != 1:
        return not_shown(request)
    sight = now.hub.tile_cache.sight(chosen[0])
    svg = draw_still(
        sight, theme=theme_of(request, access), picture=await _picture(now, sight)
    ).encode()
    headers = _headers(svg, access)
    response = HttpResponse(svg, content_type="image/svg+xml", headers=headers)
    return get_conditional_response(request, etag=headers["ETag"], response=response) or response


def _headers(svg: bytes, access: Access) -> dict[str, str]:
    scope = "public" if access.ticket is None else "private"
    return {
        "Cache-Control": f"{scope}, max-age={MAX_AGE}",
        "ETag": f'"{sha256(svg).hexdigest()[:32]}"',
        "Content-Security-Policy": policy(),
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
    }


async def _picture(now: "Runtime", sight: Sight) -> tuple[str, bytes] | None:
    """Return type and bytes of the picture in the tile, if it is small enough."""
    alias, id_ = sight.tile.producer, picture_of(sight)
    if id_ is None or now.pictures is None or not is_stored_name(alias, id_):
        return None
    try:
        data = await now.pictures.read(alias, id_)
    except OSError:
        return None
    if data is None or len(data) > LARGEST_PICTURE:
        return None
    return media_type_of(id_), data
