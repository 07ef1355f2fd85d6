"""Answers: what a POST is told, but for what is wrong with its body."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from pydantic_core import to_json

from dashboard.http.problems import MOST_ERRORS, Refused, shown
from dashboard.ingest.event_batch import EventBatch
from dashboard.ingest.media_types import ACCEPT_POST
from dashboard.log.base import Appended
from producers.names import why_illegal

ALLOW: Final = "POST, OPTIONS"
RETRY_AFTER: Final = {"Retry-After": "5"}


def options() -> HttpResponse:
    """Return what may be sent."""
    response = HttpResponse(status=204, headers={"Allow": ALLOW, "Accept-Post": ACCEPT_POST})
    del response.headers["Content-Type"]  # there is no content
    return response


def stored(appended: Appended | None, batch: EventBatch) -> HttpResponse:
    """Return the ids of what was stored, now or before; `appended` None: there was nothing to."""
    ids = [str(id_) for id_ in appended.ids] if appended else []
    if batch.positions is not None:
        ids = [ids[position] for position in batch.positions]
    answer: dict[str, object] = {"ids": ids}
    if batch.formats:
        alike = len(set(batch.formats)) == 1
        answer |= {"format": batch.formats[0]} if alike else {"formats": batch.formats}
    if batch.picture is not None:
        answer["picture"] = batch.picture
    if batch.left_out:
        answer["left_out"] = batch.left_out[:MOST_ERRORS]
    if appended and appended.duplicate:
        answer["duplicate"] = True
    return HttpResponse(
        # Bytes: Django looks at several settings to encode a string.
        to_json(answer) + b"\n",
        content_type="application/json",
        status=201 if appended and not appended.duplicate else 200,
    )


def only_post(request: HttpRequest, alias: str) -> Refused:
    """Say how to POST. The alias is shown only where it is safe in a shell."""
    url = request.build_absolute_uri("/ingest/" + ("<producer>" if why_illegal(alias) else alias))
    return Refused(
        "method-not-allowed",
        f"{shown(str(request.method))} does nothing here; send an event: "
        f"curl -H 'Authorization: Bearer <token>' -d '<event>' '{url}'",
        headers={"Allow": ALLOW},
        legal=ALLOW.split(", "),
    )


def log_unavailable() -> Refused:
    return Refused(
        "log-unavailable",
        "the log cannot take events just now; send the same again later",
        headers=RETRY_AFTER,
    )
