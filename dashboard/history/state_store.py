"""State store: runs of states in the database."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from dashboard.history.rollups import Series
from dashboard.history.states import Run, extend
from dashboard.log.session import Session
from dashboard.models import StateRun

_ROWS: Final = StateRun._meta.db_table
_LAST: Final = f"""
SELECT start, seen, "end", text FROM {_ROWS}
WHERE producer = %s AND subject = %s AND measure = %s ORDER BY start DESC LIMIT 1
"""  # noqa: S608
_ADD: Final = f"""
INSERT INTO {_ROWS} (producer, subject, measure, start, seen, "end", text)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (producer, subject, measure, start) DO UPDATE SET
  seen = excluded.seen, "end" = excluded."end", text = excluded.text
"""  # noqa: S608


def add(cursor: Any, states: Iterable[tuple[Series, int, str]]) -> None:
    """Add series, step's start and text of each state to the runs that are there; the caller's
    transaction commits it."""
    found: dict[Series, list[Run]] = {}
    for series, at, text in states:
        if series not in found:
            cursor.execute(_LAST, tuple(series))
            found[series] = [Run(*row) for row in cursor.fetchall()]
        extend(found[series], at, text)
    if found:
        cursor.executemany(
            _ADD, [(*series, *run) for series, runs in found.items() for run in runs]
        )


def read(session: Session, producer: str, since: int, most: int) -> dict[Series, list[Run]]:
    """Return the runs that held at `since` or later, of up to `most` series, oldest first."""
    rows = StateRun.objects.using(session.alias).filter(producer=producer, end__gte=since)
    names = rows.order_by("subject", "measure").values_list("subject", "measure").distinct()
    found: dict[Series, list[Run]] = {}
    for subject, measure in names[:most]:
        columns = rows.filter(subject=subject, measure=measure).order_by("start")
        series = Series(producer, subject, measure)
        found[series] = [Run(*row) for row in columns.values_list("start", "seen", "end", "text")]
    return found


def forget(session: Session, before: int, limit: int) -> int:
    """Delete up to `limit` of the runs that were last told of before then; return how many."""
    rows = StateRun.objects.using(session.alias)
    old: Sequence[int] = list(rows.filter(seen__lt=before).values_list("pk", flat=True)[:limit])
    return rows.filter(pk__in=old).delete()[0]
