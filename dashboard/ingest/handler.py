"""handle_post: one POST, from its token to the answer. All or nothing, and always an answer."""

import asyncio
import logging
import time
from functools import partial
from typing import Final

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from pydantic_core import to_json

from dashboard.conf import conf
from dashboard.http.problems import LONGEST_DETAIL, Refused, printable, problem, shown
from dashboard.ingest.attributes import why_illegal_key
from dashboard.ingest.auth import authorize, refuse_secret_in_url, spend
from dashboard.ingest.bodies import read_body
from dashboard.ingest.body_limit import body_limit
from dashboard.ingest.credential_cache import Sender
from dashboard.ingest.event_batch import EventBatch, shape, shape_documents
from dashboard.ingest.json_values import Limits
from dashboard.ingest.media_types import ACCEPT_POST
from dashboard.ingest.parsed_body import BatchLimits
from dashboard.ingest.pictured import PictureUpload
from dashboard.ingest.tokens import TokenTable
from dashboard.ingest.webhook_secrets import WebhookTable
from dashboard.ingest.webhooks import is_signed, verify
from dashboard.log.base import Appended, EventLog, KeyConflict, LogUnavailable
from dashboard.pictures.store import PictureStore
from producers.base import BadQuery, Producer
from producers.names import why_illegal
from producers.registry import Registry

logger = logging.getLogger(__name__)

ALLOW: Final = "POST, OPTIONS"

HELD_BACK: Final = 0.5
"""Seconds after which a sender hears that it sends too much. One that does not care what it hears
would otherwise keep the server busy with refusals, and all others waiting."""

_RETRY_AFTER: Final = {"Retry-After": "5"}
_MOST_KNOWN: Final = 100
_NO_WEBHOOKS: Final = WebhookTable()


async def handle_post(
    request: HttpRequest,
    alias: str,
    *,
    producers: Registry,
    log: EventLog,
    tokens: TokenTable,
    webhooks: WebhookTable | None = None,
    pictures: PictureStore | None = None,
) -> HttpResponse:
    """Store what `request` posts to the producer `alias`, and return the answer.

    201 with an id for each event, 200 when they were all there already or there is none to
    store, else a problem: then nothing was stored. Raises nothing.
    """
    try:
        if request.method == "OPTIONS":
            return _options()
        if request.method != "POST":
            raise _only_post(request, alias)
        shaped = admit(request, alias, producers, tokens, webhooks or _NO_WEBHOOKS)
        if isinstance(shaped, PictureUpload):
            return _stored(*await shaped.store(pictures, partial(_append, log)))
        return _stored(await _append(log, shaped) if shaped.events else None, shaped)
    except Refused as refused:
        if refused.code == "rate-limited":
            await asyncio.sleep(HELD_BACK)
        return refused.response()
    except DisallowedHost as error:
        return problem("bad-host", str(error))
    except Exception:
        logger.exception("ingest failed producer=%s", shown(alias))
        return problem("internal", "the fault is the server's; it was logged")


def _options() -> HttpResponse:
    response = HttpResponse(status=204, headers={"Allow": ALLOW, "Accept-Post": ACCEPT_POST})
    del response.headers["Content-Type"]  # there is no content
    return response


def admit(
    request: HttpRequest,
    alias: str,
    producers: Registry,
    tokens: TokenTable,
    webhooks: WebhookTable,
) -> EventBatch | PictureUpload:
    """Return the events that `request` may have stored. Raises Refused, in the order of checks.

    The token comes first: who has none learns nothing, not even which producers there are.
    """
    refuse_secret_in_url(request)
    signed = None
    if is_signed(request.META):
        signed = verify(request.META, _body(request), webhooks, alias, time.time())
    sender = signed.sender if signed else authorize(request, tokens, alias)
    spend(sender, 1)
    shaped = _shaped(request, _producer(alias, producers, sender), signed.key if signed else None)
    if isinstance(shaped, EventBatch) and len(shaped.events) > 1:
        spend(sender, len(shaped.events), paid=1)
    return shaped


def _shaped(
    request: HttpRequest, producer: Producer, key: str | None
) -> EventBatch | PictureUpload:
    """Return the events that the body is; `key`: that of a signed request."""
    body = _body(request)
    settings = conf()
    most = settings.INGEST_MAX_BATCH
    limits = Limits(settings.INGEST_MAX_DEPTH, settings.INGEST_MAX_KEYS)
    if not (producer.reads_documents or producer.takes_pictures):
        posted = read_body(request, body, producer, BatchLimits(limits, most))
        return shape(posted, producer, key or _key(request), limits)
    hints = _hints(request, producer)
    # A document may hold what a batch may; how much one event may, its producer's model says.
    limits = limits._replace(members=limits.members * most)
    posted = read_body(request, body, producer, BatchLimits(limits, most))
    rest = producer, key or _key(request), hints, most, limits
    if posted.picture is not None:
        return PictureUpload(producer, posted.picture, partial(shape_documents, posted, *rest))
    return shape_documents(posted, *rest)


async def _append(log: EventLog, shaped: EventBatch) -> Appended:
    try:
        return await log.append(shaped.events)
    except KeyConflict as conflict:
        raise Refused(
            "key-conflict",
            f"the key {shown(conflict.key)} was used for other content; "
            "new content needs a new key, and a retry the content it had",
            **shaped.place(conflict.key),
        ) from None
    except LogUnavailable:
        raise Refused(
            "log-unavailable",
            "the log cannot take events just now; send the same again later",
            headers=_RETRY_AFTER,
        ) from None


def _stored(appended: Appended | None, shaped: EventBatch) -> HttpResponse:
    ids = [str(id_) for id_ in appended.ids] if appended else []
    if shaped.positions is not None:
        ids = [ids[position] for position in shaped.positions]
    answer: dict[str, object] = {"ids": ids}
    if shaped.formats:
        alike = len(set(shaped.formats)) == 1
        answer |= {"format": shaped.formats[0]} if alike else {"formats": shaped.formats}
    if shaped.picture is not None:
        answer["picture"] = shaped.picture
    if appended and appended.duplicate:
        answer["duplicate"] = True
    return HttpResponse(
        # Bytes: Django looks at several settings to encode a string.
        to_json(answer) + b"\n",
        content_type="application/json",
        status=201 if appended and not appended.duplicate else 200,
    )


def _producer(alias: str, producers: Registry, sender: Sender) -> Producer:
    try:
        return producers[alias]
    except KeyError:
        pass
    if alias in producers.errors:
        raise Refused(
            "producer-misconfigured",
            f"producer {shown(alias)} is misconfigured; `manage.py check` says why",
            headers=_RETRY_AFTER,
        )
    known = [name for name in producers if sender.allows(name)][:_MOST_KNOWN]
    raise Refused(
        "unknown-producer",
        f"there is no producer {shown(alias)}; known are {', '.join(known) or 'none'}",
        known=known,
    )


def _hints(request: HttpRequest, producer: Producer) -> object:
    try:
        return producer.hints(request.GET)
    except BadQuery as error:
        raise Refused(
            "bad-request",
            f"?{error.name}=: {error.detail}",
            errors=[{"parameter": error.name, "detail": printable(error.detail, LONGEST_DETAIL)}],
        ) from None
    except TooManyFieldsSent:
        raise Refused("bad-request", "the query has too many parameters") from None


def _body(request: HttpRequest) -> bytes:
    """Return the whole body. What is declared too large is refused before it is read."""
    most, limits = body_limit(request.content_type or "")
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not (declared.isascii() and declared.isdecimal()):
        raise Refused(
            "bad-request", f"Content-Length is {shown(declared)}; a number of bytes is legal"
        )
    if int(declared[:20]) <= most:
        try:
            body = request.body
        except RequestDataTooBig:  # DATA_UPLOAD_MAX_MEMORY_SIZE is smaller
            pass
        else:
            if len(body) <= most:
                return body
    raise Refused(
        "too-large",
        f"the body has more than {most} bytes ({limits}); send it in parts",
        legal={"bytes": most},
    )


def _key(request: HttpRequest) -> str | None:
    """Return the idempotency key, under which the whole request is stored once."""
    key: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and (why := why_illegal_key(key)) is not None:
        raise Refused(
            "bad-attribute",
            f"Idempotency-Key {why}",
            errors=[{"header": "Idempotency-Key", "detail": why}],
        )
    return key


def _only_post(request: HttpRequest, alias: str) -> Refused:
    """Say how to POST. The alias is shown only where it is safe in a shell."""
    url = request.build_absolute_uri("/ingest/" + ("<producer>" if why_illegal(alias) else alias))
    return Refused(
        "method-not-allowed",
        f"{shown(str(request.method))} does nothing here; send an event: "
        f"curl -H 'Authorization: Bearer <token>' -d '<event>' '{url}'",
        headers={"Allow": ALLOW},
        legal=ALLOW.split(", "),
    )
