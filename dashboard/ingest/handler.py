"""handle_post: one POST, from its token to the answer. All or nothing, and always an answer."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from django.core.exceptions import DisallowedHost, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse

from dashboard.http.parameters import require_known
from dashboard.http.problems import LONGEST_DETAIL, Refused, printable, problem, shown
from dashboard.ingest import answers
from dashboard.ingest.attributes import why_illegal_key
from dashboard.ingest.auth import authorize, refuse_secret_in_url, spend
from dashboard.ingest.bodies import read_body
from dashboard.ingest.body_limit import body_of
from dashboard.ingest.content_coding import unpacked
from dashboard.ingest.credential_cache import Sender
from dashboard.ingest.event_batch import EventBatch, shape, shape_documents
from dashboard.ingest.new_names import NewNames
from dashboard.ingest.parsed_body import batch_limits
from dashboard.ingest.tokens import TokenTable
from dashboard.ingest.webhook_secrets import WebhookTable
from dashboard.ingest.webhooks import is_signed, verify
from dashboard.log.base import Appended, EventLog, KeyConflict, LogUnavailable
from dashboard.pictures.appending import append_with
from dashboard.pictures.container import BadPicture
from dashboard.pictures.store import PictureStore, PicturesUnavailable
from producers.base import BadQuery, Producer
from producers.events import Event
from producers.pictures import Picture
from producers.registry import Registry

logger = logging.getLogger(__name__)

HELD_BACK: Final = 0.5
"""Seconds after which a sender hears that it sends too much. One that does not care what it hears
would otherwise keep the server busy with refusals, and all others waiting."""

Append: TypeAlias = Callable[[Sequence[Event]], Awaitable[Appended]]

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
    new_names: NewNames | None = None,
) -> HttpResponse:
    """Store what `request` posts to the producer `alias`, and return the answer.

    201 with an id for each event, 200 when they were all there already or there is none to
    store, else a problem: then nothing was stored. Raises nothing.

    The token comes first: who has none learns nothing, not even which producers there are.
    """
    try:
        if request.method == "OPTIONS":
            return answers.options()
        if request.method != "POST":
            raise answers.only_post(request, alias)
        refuse_secret_in_url(request)
        body = body_of(request)
        key = None
        sender: Sender
        if is_signed(request.META):
            sender, key = verify(request.META, body, webhooks or _NO_WEBHOOKS, alias, time.time())
        else:
            sender = authorize(request, tokens, alias)
        spend(sender, 1)
        producer, append = producers.get(alias), log.append
        if producer is None:
            if new_names is None:
                raise answers.no_producer(alias, producers, sender, new_names=False)
            producer = new_names.producer(alias, producers, sender)
            append = partial(new_names.append, alias)
        picture, shaped = _read(request, body, producer, key)
        if picture is not None:
            return await _store_pictured(picture, shaped, producer.alias, append, pictures)
        batch = shaped(None)
        if len(batch.events) > 1:
            spend(sender, len(batch.events), paid=1)
        appended = await _append(append, batch, batch.events) if batch.events else None
        return answers.stored(appended, batch)
    except Refused as refused:
        if refused.code == "rate-limited":
            await asyncio.sleep(HELD_BACK)
        return refused.response()
    except DisallowedHost as error:
        return problem("bad-host", str(error))
    except Exception:
        logger.exception("ingest failed producer=%s", shown(alias))
        return problem("internal", "the fault is the server's; it was logged")


def _read(
    request: HttpRequest, body: bytes, producer: Producer, key: str | None
) -> tuple[bytes | None, Callable[[Picture | None], EventBatch]]:
    """Return the picture that came, and how the rest becomes events once the picture is known.

    `key`: that of a signed request.
    """
    require_known(request, producer.parameters)
    body = unpacked(request, body)
    documents = producer.reads_documents or producer.takes_pictures
    taken = batch_limits(documents=documents or producer.holds_parts)
    if not documents:
        posted = read_body(request, body, producer, taken)
        key = key or _key(request)
        each = batch_limits(documents=False)
        return None, lambda _: shape(posted, producer, key, each)
    hints = _hints(request, producer)
    posted = read_body(request, body, producer, taken)
    rest = producer, key or _key(request), hints, taken.most, taken.limits
    return posted.picture, partial(shape_documents, posted, *rest)


async def _store_pictured(
    sent: bytes,
    shaped: Callable[[Picture | None], EventBatch],
    alias: str,
    append: Append,
    pictures: PictureStore | None,
) -> HttpResponse:
    """Store a picture and its events. What tells of nothing to keep leaves no picture either."""
    if pictures is None:
        raise answers.no_pictures()
    try:
        picture = await pictures.verify(sent)
        batch = shaped(Picture(picture.id, picture.width, picture.height, picture.orientation))
        if not batch.events:
            return answers.stored(None, batch)
        appended = await append_with(
            partial(_append, append, batch), batch.events, pictures, [(alias, picture)]
        )
    except BadPicture as bad:
        raise Refused(bad.code, bad.detail) from None
    except PicturesUnavailable as unavailable:
        raise Refused(
            "pictures-unavailable",
            f"{unavailable}; send the same again later",
            headers=answers.RETRY_AFTER,
        ) from None
    return answers.stored(appended, batch._replace(picture=picture.id))


async def _append(append: Append, batch: EventBatch, events: Sequence[Event]) -> Appended:
    try:
        return await append(events)
    except KeyConflict as conflict:
        raise answers.key_conflict(conflict, batch) from None
    except LogUnavailable:
        raise answers.log_unavailable() from None


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
