"""CORS: which pages of other origins may read a stream."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from dashboard.access.access import Access
from dashboard.conf import conf
from dashboard.http.origins import embed_origins, events_origins


def parents_of(access: Access) -> tuple[str, ...]:
    """Return the exact origins that may frame what is shown with this access, or read it."""
    if access.ticket is not None:
        return access.ticket.origins
    return embed_origins() if conf().ACCESS == "public" else ()


def is_foreign(request: HttpRequest, access: Access) -> bool:
    """Whether a page of an origin that is not named asks: it is not even sent what to show.

    Browsers say the origin of each page that asks another one than its own.
    """
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None or origin in parents_of(access):
        return False
    return bool(origin != f"{request.scheme}://{request.get_host()}")


def share_with_origin(
    request: HttpRequest, access: Access, response: HttpResponseBase
) -> HttpResponseBase:
    """Let the page that asks read the answer, if its origin is one of those named.

    `null` is never one of them. The sse extension opens its EventSource with credentials, hence
    the second header; it gives nothing away, for nothing that is shown here hangs on a cookie.
    """
    origins = parents_of(access)
    if not origins:
        return response
    patch_vary_headers(response, ["Origin"])
    if (origin := request.META.get("HTTP_ORIGIN")) in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
    return response


def share_events(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Let a page whose origin EVENTS_ORIGINS names read the answer of /events/.

    Its cookies do not count: it shows a ticket, or sees what everybody does.
    """
    origins = events_origins()
    if not origins:
        return response
    patch_vary_headers(response, ["Origin"])
    if (origin := request.META.get("HTTP_ORIGIN")) in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def allow_events(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a browser that asks whether such a page may send its headers."""
    if request.method != "OPTIONS" or request.META.get("HTTP_ORIGIN") not in events_origins():
        return None
    headers = {
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "Authorization, Cache-Control, Last-Event-ID",
        "Access-Control-Max-Age": "600",
    }
    response = HttpResponse(status=204, headers=headers)
    del response.headers["Content-Type"]
    return response
