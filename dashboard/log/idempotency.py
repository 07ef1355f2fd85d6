"""Placing: which of an append's events are new, and the ids of all. Pure; for every log."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dashboard.log.base import Appended, EntryId, KeyConflict
from dashboard.log.encoding import Encoded, KeyName


class Receipt(NamedTuple):
    """That a key was used, for which content, and which entries it stands for."""

    producer: str
    key: str
    digest: bytes
    first_seq: int
    size: int

    @property
    def name(self) -> KeyName:
        return self.producer, self.key


class Placed(NamedTuple):
    """What is to be done for an append: its answer, the indexes of new events, new receipts.

    The new events take consecutive seqs from the one that `place` was given.
    """

    answer: Appended
    new: Sequence[int]
    receipts: Sequence[Receipt]


def place(prepared: Encoded, known: Mapping[KeyName, Receipt], epoch: str, next_seq: int) -> Placed:
    """Decide on one append, given the receipts of all keys in it. Raises KeyConflict."""
    count = len(prepared.events)
    if not prepared.units:
        ids = tuple(EntryId(epoch, seq) for seq in range(next_seq, next_seq + count))
        return Placed(Appended(ids, duplicate=False), range(count), ())

    seqs: list[int] = []
    new: list[int] = []
    receipts: dict[KeyName, Receipt] = {}
    for unit in prepared.units:
        name = unit.name
        old = None if name is None else receipts.get(name) or known.get(name)
        if name is not None and old is not None:
            if (old.digest, old.size) != (unit.digest, unit.size):
                raise KeyConflict(*name)
            seqs.extend(range(old.first_seq, old.first_seq + old.size))
            continue
        first_seq = next_seq + len(new)
        if name is not None:
            receipts[name] = Receipt(*name, unit.digest, first_seq, unit.size)
        new.extend(range(len(seqs), len(seqs) + unit.size))
        seqs.extend(range(first_seq, first_seq + unit.size))
    ids = tuple(EntryId(epoch, seq) for seq in seqs)
    return Placed(Appended(ids, duplicate=not new), new, tuple(receipts.values()))
