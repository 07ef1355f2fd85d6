"""The view of /revive/: what a page of ours asks when its stream has gone silent."""

from django.http import HttpRequest, HttpResponse

from dashboard.http.direct import direct
from dashboard.log.base import LogUnavailable
from dashboard.wall import current


@direct
async def revive(request: HttpRequest) -> HttpResponse:
    """Have htmx load the page again, where that would bring it a stream; else nothing, with 204.

    A connection that dies without a word (a machine that slept, a proxy that forgot it) is never
    given up by EventSource. The page's own request times out, which has the browser drop the dead
    connection; the next one comes here. Whoever may not look any more learns it from the page.
    """
    try:
        wall = await current.started()
    except LogUnavailable:
        return _answer(None)
    hub, client = wall.hub, request.META.get("REMOTE_ADDR", "")
    has_stream = hub.ready and not hub.draining and wall.admission.has_room(client)
    return _answer("true" if has_stream else None)


def _answer(refresh: str | None) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    if refresh is None:
        return HttpResponse(status=204, headers=headers)
    return HttpResponse(headers=headers | {"HX-Refresh": refresh})
