"""Sending: an event of the project's own code, checked as a POST is, and given to the log."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, transaction
from django.utils.asyncio import async_unsafe
from pydantic import BaseModel

from dashboard.http.problems import Refused, error_at
from dashboard.ingest import answers
from dashboard.ingest.attributes import why_illegal
from dashboard.ingest.event_batch import EventBatch, shape, shape_documents
from dashboard.ingest.parsed_body import batch_limits, read_document, read_json
from dashboard.ingest.picture_bodies import with_picture
from dashboard.log.base import Appended, EventLog, KeyConflict, LogUnavailable
from dashboard.log.caller import open_transactions
from dashboard.log.factory import make_log
from dashboard.tiles.site import producer_rows
from dashboard.tiles.stored import Stored, read_stored
from dashboard.wall import current
from producers.base import Producer
from producers.registry import Registry

logger = logging.getLogger(__name__)

_known: Registry | None = None
"""What a process without a wall built last: it is kept where its row is the same."""


@async_unsafe("send() would block the event loop: use `await asend(...)`, or call it in a thread")
def send(
    alias: str,
    value: object,
    *,
    type: str | None,  # noqa: A002 - CloudEvents' name for it
    subject: str | None,
    key: str | None,
    on_commit: bool,
) -> list[str] | None:
    """Store an event at once, or when the transactions that are open commit: see dashboard.send."""
    batch = shaped(find_producer(alias), value, type=type, subject=subject, key=key)
    if on_commit and (begun := open_transactions()):
        _after([connection.alias for connection in begun], partial(_store_committed, batch))
        return None
    return store(batch)


async def asend(
    alias: str,
    value: object,
    *,
    type: str | None,  # noqa: A002 - as above
    subject: str | None,
    key: str | None,
    on_commit: bool,
) -> list[str] | None:
    """Store an event by the log of the wall that this loop runs; else as `send` does."""
    wall = current.made()
    ours = wall is not None and wall.loop is asyncio.get_running_loop()
    # A view that is in a transaction may have come here through async_to_sync.
    if wall is None or not ours or await sync_to_async(open_transactions)():
        return await sync_to_async(send)(
            alias, value, type=type, subject=subject, key=key, on_commit=on_commit
        )
    batch = shaped(find_producer(alias), value, type=type, subject=subject, key=key)
    if not batch.events:
        return []
    with _refusals(batch):
        return _ids(await wall.log.append(batch.events))


def find_producer(alias: str) -> Producer:
    """Return the producer that is sent to. Raises Refused, naming those that there are."""
    registry = _registry(alias)
    producer = registry.get(alias)
    if producer is None:
        raise answers.no_producer(alias, registry, lambda name: True)
    return producer


def _registry(alias: str) -> Registry:
    """Return the producers of the wall that this process runs, else as they are now.

    The database is only asked for what the settings do not name.
    """
    global _known
    wall = current.made()
    if wall is not None:
        return wall.producers
    rows = producer_rows(Stored())
    if isinstance(rows, Mapping) and alias not in rows:
        try:
            rows = producer_rows(read_stored())
        except DatabaseError as error:
            raise answers.log_unavailable(str(error)) from error
    _known = Registry.build(rows, _known)
    return _known


def shaped(
    producer: Producer,
    value: object,
    *,
    type: str | None = None,  # noqa: A002 - as above
    subject: str | None = None,
    key: str | None = None,
    hints: object = None,
) -> EventBatch:
    """Return the events that `value` is, as if it were POSTed. Raises Refused.

    `hints` are what the producer's `hints` made of what is said of a document.
    """
    for name, said in (("type", type), ("subject", subject), ("key", key)):
        _must_be_legal(name, said)
    batch = _shape(producer, _as_json(value), key, hints)
    if type is None and subject is None:
        return batch
    return batch._replace(
        events=[
            replace(event, type=type or event.type, subject=subject or event.subject)
            for event in batch.events
        ]
    )


def store(batch: EventBatch) -> list[str]:
    """Have the log of this process store `batch`; return the ids. Raises Refused; blocks."""
    if not batch.events:
        return []
    with _refusals(batch):
        return _ids(_log().append_sync(batch.events))


def _log() -> EventLog:
    """Return the log of the wall that this process runs, else one that needs no loop.

    It is made for each event: what it holds would not outlive a fork.
    """
    wall = current.made()
    return make_log() if wall is None else wall.log


def _after(begun: Sequence[str], work: Callable[[], None]) -> None:
    """Do `work` once all of `begun` have committed, or never."""
    if begun:
        transaction.on_commit(partial(_after, begun[1:], work), using=begun[0])
    else:
        work()


def _store_committed(batch: EventBatch) -> None:
    """Store what a transaction that is over has sent. It was right: nobody else can be told."""
    try:
        store(batch)
    except Refused as refused:
        logger.exception(
            "event lost after commit producer=%s key=%s error=%s",
            batch.events[0].producer,
            batch.events[0].key,
            refused,
        )


class _Encoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value.model_dump(mode="json")
        return super().default(value)


def _as_json(value: object) -> str:
    try:
        return json.dumps(value, cls=_Encoder)
    except (TypeError, ValueError, RecursionError) as error:
        why = f"{error}; legal is what JsonResponse takes"
        raise Refused("bad-json", why, errors=[error_at((), why)]) from error


def _must_be_legal(name: str, said: object) -> None:
    if said is None:
        return
    why = why_illegal(said) if isinstance(said, str) else f"is {said!r:.80}; a string is legal"
    if why is not None:
        raise Refused("bad-attribute", f"{name} {why}", errors=[{"attribute": name, "detail": why}])


def _shape(producer: Producer, text: str, key: str | None, hints: object) -> EventBatch:
    taken = batch_limits(documents=producer.reads_documents)
    if not producer.reads_documents:
        return shape(read_json(text, taken), producer, key, taken.limits)
    posted = read_document(text, taken)
    if producer.takes_pictures and with_picture(posted).picture is not None:
        why = "a picture comes in by a POST; send the result alone"
        raise Refused("unsupported-media-type", why)
    return shape_documents(posted, producer, key, hints, taken.most, taken.limits)


@contextmanager
def _refusals(batch: EventBatch) -> Iterator[None]:
    try:
        yield
    except KeyConflict as conflict:
        raise answers.key_conflict(conflict, batch) from conflict
    except LogUnavailable as error:
        raise answers.log_unavailable(str(error)) from error


def _ids(appended: Appended) -> list[str]:
    return [str(id_) for id_ in appended.ids]
