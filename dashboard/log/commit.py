"""Commit: what one transaction does for a group of appends."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from dashboard.log.base import Appended, Entry, EntryId, KeyConflict
from dashboard.log.clock import Clock, Reading, moment
from dashboard.log.encoding import Encoded, KeyName
from dashboard.log.idempotency import Receipt, place
from dashboard.log.lease import LeaseLost
from dashboard.log.lease_rows import lost_among
from dashboard.log.notifications import notify
from dashboard.log.queries import find_receipts, insert_entries, insert_receipts
from dashboard.log.sequence import (
    HeadMissing,
    HighWater,
    give_back,
    read_head,
    take,
)
from dashboard.log.session import Session

Answer: TypeAlias = Appended | KeyConflict | LeaseLost


class Committed(NamedTuple):
    """An answer for each append of the group, and the entries that are new, in order."""

    answers: list[Answer]
    entries: list[Entry]


def commit_group(
    session: Session, group: Sequence[Encoded], water: HighWater, clock: Clock
) -> Committed:
    """Store a group durably, and say so only then. Raises what the database raises: all failed."""
    try:
        return _commit(session, group, water, clock.read())
    except HeadMissing:
        read_head(session, water, clock.now)
        return _commit(session, group, water, clock.read())


def _commit(
    session: Session, group: Sequence[Encoded], water: HighWater, now: Reading
) -> Committed:
    wanted = sum(len(prepared.events) for prepared in group)
    with session.transaction() as cursor:
        head = take(cursor, wanted, water, now)
        answers: list[Answer] = []
        entries: list[Entry] = []
        rows: list[tuple[object, ...]] = []
        receipts: list[Receipt] = []
        known = _known(session, group)
        fences = {prepared.fence for prepared in group if prepared.fence is not None}
        lost = lost_among(session, fences) if fences else fences
        first = head.seq - wanted + 1
        received = moment(head.received)
        for prepared in group:
            if prepared.fence in lost:
                answers.append(LeaseLost(prepared.fence))
                continue
            try:
                placed = place(prepared, known, head.epoch, first + len(rows))
            except KeyConflict as conflict:
                answers.append(conflict)
                continue
            answers.append(placed.answer)
            for index in placed.new:
                id_ = placed.answer.ids[index]
                rows.append((id_.seq, head.received, *prepared.texts[index]))
                entries.append(
                    Entry(id_, prepared.events[index], received, prepared.texts[index][-1])
                )
            known.update((receipt.name, receipt) for receipt in placed.receipts)
            receipts.extend(placed.receipts)
        if len(rows) < wanted:
            give_back(cursor, wanted - len(rows))
        insert_entries(cursor, rows)
        insert_receipts(cursor, receipts, head.received)
        newest = EntryId(head.epoch, first + len(rows) - 1)
        if rows:
            notify(session, cursor, newest)
    water.note(newest)
    return Committed(answers, entries)


def _known(session: Session, group: Sequence[Encoded]) -> dict[KeyName, Receipt]:
    names = {unit.name for prepared in group for unit in prepared.units if unit.name is not None}
    return find_receipts(session, names) if names else {}
