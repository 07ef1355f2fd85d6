"""Store: rollups in the database, and how far the log was read, in one transaction."""

from collections.abc import Mapping
from typing import Final

from dashboard.history import state_store
from dashboard.history.fold import EVER, Fold
from dashboard.history.rollups import COUNTED, STEPS, Rollup, Series
from dashboard.history.states import Run
from dashboard.log.base import EntryId
from dashboard.log.session import Session
from dashboard.models import Rollup as Row
from dashboard.models import RollupCursor

_ROWS: Final = Row._meta.db_table
_CURSOR: Final = RollupCursor._meta.db_table
_ID: Final = 1
"""The one row of the cursor."""

# Portable between SQLite and PostgreSQL; `rolled` is the row that is there.
_ADD: Final = f"""
INSERT INTO {_ROWS} (producer, subject, measure, step, start, count, low, high, sum, last)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (producer, subject, measure, step, start) DO UPDATE SET
  count = {_ROWS}.count + excluded.count,
  low = CASE WHEN excluded.low < {_ROWS}.low THEN excluded.low ELSE {_ROWS}.low END,
  high = CASE WHEN excluded.high > {_ROWS}.high THEN excluded.high ELSE {_ROWS}.high END,
  sum = {_ROWS}.sum + excluded.sum,
  last = excluded.last
"""  # noqa: S608
_READ: Final = f"SELECT epoch, seq FROM {_CURSOR} WHERE id = %s"  # noqa: S608
_MOVE: Final = f"""
UPDATE {_CURSOR} SET epoch = %s, seq = %s WHERE id = %s AND epoch = %s AND seq = %s
"""  # noqa: S608


def read_cursor(session: Session) -> EntryId:
    """Return the last entry that was rolled up; of no epoch before the first."""
    if rows := session.fetch(_READ, (_ID,)):
        return EntryId(*rows[0])
    row, _ = RollupCursor.objects.using(session.alias).get_or_create(id=_ID)
    return EntryId(row.epoch, row.seq)


def add(
    session: Session,
    fold: Fold,
    after: EntryId,
    upto: EntryId,
    since: Mapping[int, int] = EVER,
) -> bool:
    """Add what the entries from `after` to `upto` say; False when another has done so.

    What began before `since`, seconds since 1970 by the step, is left out.
    """
    rollups, states = fold.rollups(since), list(fold.states())
    rows = [(*place.series, place.step, place.start, *one) for place, one in rollups.items()]
    with session.transaction() as cursor:
        # First, so that of all processes one goes on; the others wait here, and find it done.
        cursor.execute(_MOVE, (upto.epoch, upto.seq, _ID, after.epoch, after.seq))
        if cursor.rowcount == 0:
            return False
        if rows:
            cursor.executemany(_ADD, rows)
        state_store.add(cursor, states)
    return True


def read_rollups(
    session: Session, producer: str, step: int, since: int, *, counts: bool, most: int
) -> tuple[dict[Series, list[tuple[int, Rollup]]], EntryId]:
    """Return rollups from `since` (seconds since 1970) of up to `most` series, oldest first.

    They are of the producer's measures, or of what is counted of its events. With them comes the
    last entry that is in them.
    """
    with session.transaction():
        return _read(session, producer, step, since, counts, most), read_cursor(session)


def read_runs(
    session: Session, producer: str, since: int, most: int
) -> tuple[dict[Series, list[Run]], EntryId]:
    """Return the runs that held at `since` or later, of up to `most` series, oldest first.

    With them comes the last entry that is in them.
    """
    with session.transaction():
        return state_store.read(session, producer, since, most), read_cursor(session)


def _read(
    session: Session, producer: str, step: int, since: int, counts: bool, most: int
) -> dict[Series, list[tuple[int, Rollup]]]:
    rows = Row.objects.using(session.alias).filter(producer=producer)
    counted = rows.filter(measure__startswith=COUNTED)
    rows = counted if counts else rows.exclude(measure__startswith=COUNTED)
    # The longest step has the fewest rows that name each series.
    coarse = rows.filter(step=STEPS[-1], start__gte=since - STEPS[-1])
    names = coarse.order_by("subject", "measure").values_list("subject", "measure").distinct()
    found: dict[Series, list[tuple[int, Rollup]]] = {}
    for subject, measure in names[:most]:
        kept = rows.filter(subject=subject, measure=measure, step=step, start__gte=since)
        columns = kept.order_by("start").values_list("start", "count", "low", "high", "sum", "last")
        found[Series(producer, subject, measure)] = [(row[0], Rollup(*row[1:])) for row in columns]
    return {series: steps for series, steps in found.items() if steps}


def forget(session: Session, step: int, before: int, limit: int) -> int:
    """Delete up to `limit` of the rollups of a step that began before then; return how many."""
    rows = Row.objects.using(session.alias)
    old = rows.filter(step=step, start__lt=before).values_list("pk", flat=True)[:limit]
    return rows.filter(pk__in=list(old)).delete()[0]
