"""viewer_of: who looks, as far as it changes what is drawn."""

from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import translation

from dashboard.access.access import Access
from dashboard.access.debug_token import debug_token, may_use_debug_token
from dashboard.http.prefix import below
from dashboard.tiles.render import Viewer

OTHERS_PAGE: Final = "page"
"""What `?embed=` is for tiles in a page of the same site that is not the wall's own."""


def viewer_of(request: HttpRequest, access: Access) -> Viewer:
    """Return the request's Viewer: alike for all who are to get the same bytes.

    It holds the debug token only where that token would work, and never for the holder of a
    ticket that is not an account's own, nor for a page of another origin.
    """
    prefix = get_script_prefix()
    ticket, base_url = access.ticket, request.build_absolute_uri("/").rstrip("/")
    is_foreign = request.META.get("HTTP_ORIGIN", base_url) != base_url
    is_holder = ticket is not None and not access.is_account
    is_ours = not is_foreign and request.GET.get("embed") != OTHERS_PAGE
    is_guest = "embed" in request.GET or is_foreign or is_holder
    language = ticket.language if ticket is not None else None
    return Viewer(
        base_url=base_url,
        token=debug_token() if not is_guest and may_use_debug_token(request) else None,
        language=language or translation.get_language() or "en",
        is_guest=is_guest,
        ticket=request.GET.get("t") if ticket is not None else None,
        revive=_revive(prefix, get_urlconf() or settings.ROOT_URLCONF) if is_ours else "",
        prefix=prefix,
    )


# Each stream that opens asks, and it is the same below the same prefix.
@lru_cache(maxsize=16)
def _revive(prefix: str, urlconf: str) -> str:
    with below(prefix):
        return reverse("dashboard:revive", urlconf)
