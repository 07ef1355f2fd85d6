"""Retention: forgetting old entries and receipts, a small batch at a time."""

from datetime import timedelta
from typing import Final

from django.db.models import Min

from dashboard.log.clock import Reading
from dashboard.log.leaps import Leaps
from dashboard.log.options import LogOptions
from dashboard.log.queries import first_that, oldest_seq
from dashboard.log.sequence import Head, read_leaps
from dashboard.log.session import Session
from dashboard.models import LogEntry, LogLeap, LogReceipt

BATCH: Final = 500
"""Rows deleted by one transaction, so that appends wait for milliseconds only."""
_MICROSECOND: Final = timedelta(microseconds=1)


def trim_entries(session: Session, options: LogOptions, head: Head, now: Reading) -> int:
    """Delete up to BATCH of the entries that are too old or too many; return how many went.

    It is always the oldest part: numbers have no gaps. Time that a clock leapt over did not pass.
    """
    with session.transaction():
        oldest = oldest_seq(session)
        if oldest is None:
            return 0
        end = min(oldest + BATCH, head.seq + 1)
        kept = oldest
        if options.max_entries is not None:
            kept = max(kept, min(end, head.seq + 1 - options.max_entries))
        if options.retention is not None:
            leaps = read_leaps(session, head, now)
            cutoff = now.now - options.retention // _MICROSECOND
            kept = first_that(session, kept, end, lambda *entry: leaps.lived(*entry) >= cutoff)
        if kept == oldest:
            return 0
        return LogEntry.objects.using(session.alias).filter(seq__lt=kept).delete()[0]


def trim_receipts(session: Session, options: LogOptions, head: Head, now: Reading) -> int:
    """Delete up to BATCH of the receipts that nobody can ask for; return how many went.

    Without retention by age, a receipt stays as long as its entries do. Leaps go with the last
    that came before them.
    """
    cutoff = now.now - options.keys_kept // _MICROSECOND
    gone = 0
    with session.transaction():
        leaps = read_leaps(session, head, now)
        oldest = oldest_seq(session) or head.seq + 1
        receipts = LogReceipt.objects.using(session.alias)
        for first, last, shift in leaps.stretches():
            if options.retention is None:
                last = min(last, oldest - 1)
            expired = receipts.filter(
                received__lt=cutoff - shift, first_seq__gte=first, first_seq__lte=last
            )
            batch = expired.order_by("received").values_list("id", flat=True)[: BATCH - gone]
            gone += receipts.filter(id__in=list(batch)).delete()[0]
        if gone == 0:
            _forget_leaps(session, leaps, oldest)
    return gone


def _forget_leaps(session: Session, leaps: Leaps, oldest: int) -> None:
    """Forget those before which nothing came that is still here."""
    if not any(leap.seq < oldest for leap in leaps):
        return
    first = LogReceipt.objects.using(session.alias).aggregate(first=Min("first_seq"))["first"]
    before = oldest if first is None else min(oldest, first)
    LogLeap.objects.using(session.alias).filter(seq__lt=before).delete()
