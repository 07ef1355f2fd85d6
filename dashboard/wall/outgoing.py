"""Outgoing: what the project's own code sends, as the events that a POST of it would be."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError
from pydantic import BaseModel

from dashboard.conf import conf
from dashboard.http.problems import Refused, error_at
from dashboard.ingest import answers
from dashboard.ingest.attributes import why_illegal
from dashboard.ingest.event_batch import EventBatch, shape, shape_documents
from dashboard.ingest.parsed_body import batch_limits, read_document, read_json
from dashboard.ingest.picture_bodies import with_picture
from dashboard.log.base import Appended, EventLog, KeyConflict, LogUnavailable
from dashboard.pictures.container import BadPicture
from dashboard.pictures.keeping import kept_sync, verify_sync
from dashboard.pictures.store import PicturesUnavailable
from dashboard.tiles.site import producer_rows
from dashboard.tiles.stored import Stored, read_stored
from dashboard.wall import current
from producers.base import Producer
from producers.pictures import Picture
from producers.registry import Registry

_known: Registry | None = None
"""What a process without a wall built last: it is kept where its row is the same."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Events of one producer that are right; with them, the picture that they were seen on."""

    alias: str
    batch: EventBatch
    keep: Callable[[], AbstractContextManager[None]] = nullcontext
    """Has its picture on the disk for as long as it is appended, and from then on."""

    def append_to(self, log: EventLog) -> list[str]:
        """Have `log` store it, picture and all; return the ids. Raises Refused; blocks."""
        if not self.batch.events:
            return []
        with self.refusals(), self.keep():
            return ids(log.append_sync(self.batch.events))

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Raise what a POST is refused with where the log or the disk takes it not."""
        try:
            yield
        except KeyConflict as conflict:
            raise answers.key_conflict(conflict, self.batch) from conflict
        except LogUnavailable as error:
            raise answers.log_unavailable(str(error)) from error
        except PicturesUnavailable as error:
            raise Refused("pictures-unavailable", f"{error}; send the same again later") from error


def ids(appended: Appended) -> list[str]:
    return [str(id_) for id_ in appended.ids]


def find_producer(alias: str) -> Producer:
    """Return the producer that is sent to. Raises Refused, naming those that there are."""
    registry = _registry(alias)
    producer = registry.get(alias)
    if producer is None:
        raise answers.no_producer(alias, registry)
    return producer


def outgoing(
    producer: Producer,
    value: object,
    *,
    type: str | None = None,  # noqa: A002 - CloudEvents' name for it
    subject: str | None = None,
    key: str | None = None,
    hints: object = None,
) -> Outgoing:
    """Return what `value` is as if it were POSTed. Raises Refused; blocks where it has a picture.

    `hints` are what the producer's `hints` made of what is said of a document.
    """
    for name, said in (("type", type), ("subject", subject), ("key", key)):
        _must_be_legal(name, said)
    sent = _shape(producer, _as_json(value), key, hints)
    if type is None and subject is None:
        return sent
    events = [
        replace(event, type=type or event.type, subject=subject or event.subject)
        for event in sent.batch.events
    ]
    return replace(sent, batch=sent.batch._replace(events=events))


def _registry(alias: str) -> Registry:
    """Return the producers of the wall that this process runs, else as they are now.

    The database is only asked for what the settings do not name.
    """
    global _known
    wall = current.made()
    if wall is not None and wall.loop is not None:
        return wall.producers
    rows = producer_rows(Stored())
    if isinstance(rows, Mapping) and alias not in rows:
        try:
            rows = producer_rows(read_stored())
        except DatabaseError as error:
            raise answers.log_unavailable(str(error)) from error
    _known = Registry.build(rows, _known)
    return _known


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


def _shape(producer: Producer, text: str, key: str | None, hints: object) -> Outgoing:
    documents = producer.reads_documents or producer.takes_pictures
    taken = batch_limits(documents=documents or producer.holds_parts)
    posted = (read_document if producer.reads_documents else read_json)(text, taken)
    if not documents:
        return Outgoing(producer.alias, shape(posted, producer, key, batch_limits(documents=False)))
    rest = producer, key, hints, taken.most, taken.limits
    if producer.takes_pictures:
        posted = with_picture(posted)
    if posted.picture is None:
        return Outgoing(producer.alias, shape_documents(posted, *rest))
    directory = conf().PICTURES_DIR
    if directory is None:
        raise answers.no_pictures()
    try:
        seen = verify_sync(posted.picture)
    except BadPicture as bad:
        raise Refused(bad.code, bad.detail) from bad
    batch = shape_documents(
        posted, *rest, Picture(seen.id, seen.width, seen.height, seen.orientation)
    )
    return Outgoing(producer.alias, batch, partial(kept_sync, directory, producer.alias, seen))
