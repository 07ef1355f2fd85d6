"""Encoded: one append, checked and encoded by its caller, so that a fault in it stays there."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from typing import Final, NamedTuple, TypeAlias

from dashboard.log.lease import Fence
from producers.events import Event

NAME_LENGTH: Final = 64
"""Characters of a producer's name, as LogEntry and LogReceipt hold them."""
TEXT_LENGTH: Final = 255
"""Characters of a type, a subject or a key, as LogEntry and LogReceipt hold them."""

_BESIDE: Final = 500
"""Bytes that an event takes beside its data."""

KeyName: TypeAlias = tuple[str, str]
"""A producer and one of its keys: what identifies a unit of idempotency."""

Texts: TypeAlias = tuple[str, str, str, str | None, str | None, str]
"""An event as columns: producer, type, time, subject, key, data."""

# What json.dumps makes for each call, made once: the C encoder, which returns pieces. Without
# the look for circles, which ends in RecursionError instead.
_pieces: Callable[[object, int], tuple[str, ...]] = c_make_encoder(
    None, json.JSONEncoder().default, encode_basestring, None, ":", ",", False, False, False
)
_encode_canonically = json.JSONEncoder(
    allow_nan=False, separators=(",", ":"), sort_keys=True
).encode


class Unit(NamedTuple):
    """A run of `size` events that is stored once; without a `name`, whenever it comes."""

    name: KeyName | None
    digest: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """The events of one append, the same as columns, and its units (none: no event has a key)."""

    events: Sequence[Event]
    texts: list[Texts]
    units: list[Unit]
    size: int
    """Bytes that the events take, roughly."""
    fence: Fence | None = None
    """The lease under which they are appended."""


def prepare(events: Sequence[Event], fence: Fence | None = None) -> Encoded:
    """Return `events` ready to be stored. Raises ValueError, naming what cannot be."""
    if not events:
        raise ValueError("append() got no events; give it one at least")
    texts = [_texts(event) for event in events]
    keyed = any(event.key is not None for event in events)
    size = sum(_BESIDE + len(row[-1]) for row in texts)
    return Encoded(tuple(events), texts, _units(events) if keyed else [], size, fence)


def _texts(event: Event) -> Texts:
    _must_fit("producer", event.producer, NAME_LENGTH)
    _must_fit("type", event.type, TEXT_LENGTH)
    if event.subject is not None:
        _must_fit("subject", event.subject, TEXT_LENGTH)
    if event.key is not None:
        _must_fit("key", event.key, TEXT_LENGTH)
    try:
        data = "".join(_pieces(event.data if type(event.data) is dict else dict(event.data), 0))
        if not data.isascii():
            data.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            f"an event of producer {event.producer!r} has data that is no JSON: {error}"
        ) from error
    return event.producer, event.type, event.time.isoformat(), event.subject, event.key, data


def _must_fit(name: str, value: str, length: int) -> None:
    """Refuse what one database would cut or reject, so that all of them keep the same."""
    if len(value) > length or "\0" in value or not (value.isascii() or _is_unicode(value)):
        raise ValueError(
            f"an event's {name} is {value!r:.80}: legal are up to {length} characters, no NUL, "
            "no lone surrogate"
        )


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _units(events: Sequence[Event]) -> list[Unit]:
    units = []
    for name, run in groupby(events, _name):
        same = list(run)
        units.append(Unit(name, b"" if name is None else _digest(same), len(same)))
    return units


def _name(event: Event) -> KeyName | None:
    return None if event.key is None else (event.producer, event.key)


def _digest(events: Sequence[Event]) -> bytes:
    """Hash what was said, not when: a sender that tries again may well say a later time."""
    content = [(event.type, event.subject, dict(event.data)) for event in events]
    return sha256(_encode_canonically(content).encode()).digest()
