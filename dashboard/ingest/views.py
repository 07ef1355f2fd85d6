"""The view of /ingest/<producer>: where events come in over HTTP."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from dashboard import runtime
from dashboard.ingest.intake import take_in
from dashboard.lane import direct
from dashboard.log.base import LogUnavailable
from dashboard.problems import problem


@direct
async def ingest(request: HttpRequest, producer: str) -> HttpResponse:
    """Store what is POSTed to `producer`: one event, a batch, or CloudEvents."""
    try:
        wall = await runtime.started()
    except (LogUnavailable, DatabaseError):
        return problem(
            "log-unavailable",
            "the log cannot take events just now; send the same again later",
            headers={"Retry-After": "5"},
        )
    return await take_in(
        request,
        producer,
        producers=wall.producers,
        log=wall.log,
        tokens=wall.tokens,
        webhooks=wall.webhooks,
        pictures=wall.pictures,
    )


# What lets a request in is its token or its signature; cookies, which a foreign form would bring,
# are not read. So there is nothing that CSRF protection would protect. (The decorator would put a
# coroutine around each call.)
ingest.csrf_exempt = True  # type: ignore[attr-defined]
