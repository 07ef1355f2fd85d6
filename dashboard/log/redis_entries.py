"""Redis entries: an entry as the fields of a stream's item, and back. Pure."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from dashboard.log.base import Appended, Entry, EntryId
from dashboard.log.clock import moment
from dashboard.log.encoding import Encoded
from producers.events import Event


def text(value: bytes) -> str:
    return value.decode()


def arguments(prepared: Encoded) -> Iterator[object]:
    """Yield one append as the script APPEND reads it."""
    fence = prepared.fence
    yield from ("", 0) if fence is None else fence
    if prepared.units:
        yield len(prepared.units)
        for unit in prepared.units:
            yield "" if unit.name is None else "\0".join(unit.name)
            yield unit.digest.hex()
            yield unit.size
    else:
        yield from (1, "", "", len(prepared.events))
    for producer, type_, time, subject, key, data in prepared.texts:
        yield from (producer, type_, time, _optional(subject), _optional(key), data)


def appended(
    prepared: Encoded, firsts: Sequence[bytes], epoch: str, received: datetime
) -> tuple[Appended, list[Entry]]:
    """Return what an append is answered, and its new entries. `firsts`: as APPEND tells them."""
    sizes = [unit.size for unit in prepared.units] or [len(prepared.events)]
    ids: list[EntryId] = []
    entries = {}
    for told, size in zip(map(int, firsts), sizes, strict=True):
        for seq in range(abs(told), abs(told) + size):
            index, id_ = len(ids), EntryId(epoch, seq)
            ids.append(id_)
            if told > 0 and seq not in entries:
                data = prepared.texts[index][-1]
                entries[seq] = Entry(id_, prepared.events[index], received, data)
    return Appended(tuple(ids), duplicate=not entries), list(entries.values())


def entry_of(epoch: str, item: tuple[bytes, list[bytes]]) -> Entry:
    """Return the entry that a stream's item is."""
    id_, fields = item
    producer, type_, time, subject, key, data, received = map(text, fields[1::2])
    event = Event(
        producer=producer,
        type=type_,
        time=datetime.fromisoformat(time),
        data=json.loads(data),
        key=key[1:] if key else None,
        subject=subject[1:] if subject else None,
    )
    return Entry(EntryId(epoch, int(id_.partition(b"-")[2])), event, moment(int(received)), data)


def _optional(value: str | None) -> str:
    return "" if value is None else f"={value}"
