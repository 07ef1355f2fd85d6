"""The view of /ingest/<producer>: where events come in over HTTP."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from dashboard.http.direct import direct
from dashboard.http.problems import Refused
from dashboard.ingest.answers import log_unavailable
from dashboard.ingest.auth import authorize
from dashboard.ingest.handler import handle_post
from dashboard.ingest.webhooks import is_signed, must_be_signable
from dashboard.log.base import LogUnavailable
from dashboard.wall import current


@direct
async def ingest(request: HttpRequest, producer: str) -> HttpResponse:
    """Store what is POSTed to `producer`: one event, a batch, or CloudEvents."""
    try:
        wall = await current.started()
    except (LogUnavailable, DatabaseError):
        return log_unavailable().response()
    return await handle_post(
        request,
        producer,
        producers=wall.producers,
        log=wall.log,
        tokens=wall.tokens,
        webhooks=wall.webhooks,
        pictures=wall.pictures,
        new_names=wall.new_names,
    )


async def _admits(request: HttpRequest, producer: str) -> HttpResponse | None:
    """Refuse who has no right to send before a large body of theirs is read."""
    if request.method != "POST":
        return None
    try:
        wall = await current.started()
        if is_signed(request.META):
            must_be_signable(request)
        else:
            authorize(request, wall.tokens, producer)
    except Refused as refused:
        return refused.response()
    except (LogUnavailable, DatabaseError):
        return log_unavailable().response()
    return None


ingest.admits = _admits  # type: ignore[attr-defined]
# What lets a request in is its token or its signature; cookies, which a foreign form would bring,
# are not read. So there is nothing that CSRF protection would protect. (The decorator would put a
# coroutine around each call.)
ingest.csrf_exempt = True  # type: ignore[attr-defined]
