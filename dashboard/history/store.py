"""Store: rollups in the database, and how far the log was read, in one transaction."""

from collections.abc import Mapping
from typing import Final

from dashboard.history.rollups import Place, Rollup, Series
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
_MOVE: Final = f"""
UPDATE {_CURSOR} SET epoch = %s, seq = %s WHERE id = %s AND epoch = %s AND seq = %s
"""  # noqa: S608


def read_cursor(session: Session) -> EntryId:
    """Return the last entry that was rolled up; of no epoch before the first."""
    row, _ = RollupCursor.objects.using(session.alias).get_or_create(id=_ID)
    return EntryId(row.epoch, row.seq)


def add(session: Session, rollups: Mapping[Place, Rollup], after: EntryId, upto: EntryId) -> bool:
    """Add the rollups of the entries from `after` to `upto`; False when another has done so."""
    with session.transaction() as cursor:
        # First, so that of all processes one goes on; the others wait here, and find it done.
        cursor.execute(_MOVE, (upto.epoch, upto.seq, _ID, after.epoch, after.seq))
        if cursor.rowcount == 0:
            return False
        if rollups:
            cursor.executemany(
                _ADD,
                [(*place.series, place.step, place.start, *one) for place, one in rollups.items()],
            )
    return True


def read(
    session: Session, producer: str, step: int, since: int
) -> tuple[dict[Series, list[tuple[int, Rollup]]], EntryId]:
    """Return a producer's rollups from `since` (seconds since 1970) by series, oldest first.

    With them comes the last entry that is in them.
    """
    with session.transaction():
        return _read(session, producer, step, since), read_cursor(session)


def _read(
    session: Session, producer: str, step: int, since: int
) -> dict[Series, list[tuple[int, Rollup]]]:
    rows = (
        Row.objects.using(session.alias)
        .filter(producer=producer, step=step, start__gte=since)
        .order_by("start")
        .values_list("subject", "measure", "start", "count", "low", "high", "sum", "last")
    )
    found: dict[Series, list[tuple[int, Rollup]]] = {}
    for subject, measure, start, count, low, high, total, last in rows:
        series = Series(producer, subject, measure)
        found.setdefault(series, []).append((start, Rollup(count, low, high, total, last)))
    return found


def forget(session: Session, step: int, before: int, limit: int) -> int:
    """Delete up to `limit` of the rollups of a step that began before then; return how many."""
    rows = Row.objects.using(session.alias)
    old = rows.filter(step=step, start__lt=before).values_list("pk", flat=True)[:limit]
    return rows.filter(pk__in=list(old)).delete()[0]
