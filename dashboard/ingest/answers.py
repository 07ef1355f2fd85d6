"""Answers: what a POST is told, but for what is wrong with its body."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from pydantic_core import to_json

from dashboard.http.problems import MOST_ERRORS, Refused, shown
from dashboard.ingest.credential_cache import Sender
from dashboard.ingest.event_batch import EventBatch
from dashboard.ingest.media_types import ACCEPT_POST
from dashboard.log.base import Appended, KeyConflict
from producers.names import why_illegal
from producers.registry import Registry

ALLOW: Final = "POST, OPTIONS"
RETRY_AFTER: Final = {"Retry-After": "5"}
_MOST_KNOWN: Final = 100
_HOW_NEW: Final = (
    "a token made with `manage.py ingest_token create <name> --new-names` makes a producer of any "
    "name that it is first sent to"
)


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
    answer |= batch.counts
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
    named = "<producer>" if why_illegal(alias) else alias
    url = request.build_absolute_uri(reverse("dashboard:ingest", args=[named]))
    return Refused(
        "method-not-allowed",
        f"{shown(str(request.method))} does nothing here; send an event: "
        f"curl -H 'Authorization: Bearer <token>' -d '<event>' '{url}'",
        headers={"Allow": ALLOW},
        legal=ALLOW.split(", "),
    )


def no_producer(
    alias: str, producers: Registry, sender: Sender | None = None, *, new_names: bool = True
) -> Refused:
    """Say why `producers` has none of this alias; those are named that `sender` may send to.

    `sender` None: the project's own code. `new_names`: whether a token can make one of it.
    """
    if alias in producers.errors:
        return Refused(
            "producer-misconfigured",
            f"producer {shown(alias)} is misconfigured; `manage.py check` says why",
            headers=RETRY_AFTER,
        )
    known = [name for name in producers if sender is None or sender.allows(name)][:_MOST_KNOWN]
    told = f"there is no producer {shown(alias)}; known are {', '.join(known) or 'none'}"
    if sender is not None and new_names:
        told += f"; {_HOW_NEW}"
    return Refused("unknown-producer", told, known=known)


def no_pictures() -> Refused:
    return Refused(
        "unsupported-media-type",
        "this wall keeps no pictures (PICTURES_DIR is not set); send the result alone",
    )


def key_conflict(conflict: KeyConflict, batch: EventBatch) -> Refused:
    return Refused(
        "key-conflict",
        f"the key {shown(conflict.key)} was used for other content; "
        "new content needs a new key, and a retry the content it had",
        **batch.place(conflict.key),
    )


def log_unavailable(why: str = "") -> Refused:
    """`why` is only for those who may know what the log lives in."""
    return Refused(
        "log-unavailable",
        f"the log cannot take events just now{why and f' ({why})'}; send the same again later",
        headers=RETRY_AFTER,
    )
