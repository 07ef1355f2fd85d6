"""Retention: forgetting old entries and receipts, a small batch at a time."""

from datetime import datetime
from typing import Final

from django.db.models import Q

from dashboard.log.options import LogOptions
from dashboard.log.queries import oldest_seq
from dashboard.log.sequence import microseconds
from dashboard.log.session import Session
from dashboard.models import LogEntry, LogHead, LogReceipt

BATCH: Final = 500
"""Rows deleted by one transaction, so that appends wait for milliseconds only."""


def trim_entries(session: Session, options: LogOptions, now: datetime) -> int:
    """Delete up to BATCH of the entries that are too old or too many; return how many went.

    Numbers have no gaps and times never fall, so what goes is always the oldest part.
    """
    expired = Q()
    if options.retention is not None:
        expired |= Q(received__lt=microseconds(now - options.retention))
    with session.transaction():
        head = LogHead.objects.using(session.alias).first()
        oldest = oldest_seq(session)
        if head is None or oldest is None:
            return 0
        if options.max_entries is not None:
            expired |= Q(seq__lte=head.seq - options.max_entries)
        if not expired:
            return 0
        batch = LogEntry.objects.using(session.alias).filter(expired, seq__lt=oldest + BATCH)
        return batch.delete()[0]


def trim_receipts(session: Session, options: LogOptions, now: datetime) -> int:
    """Delete up to BATCH of the receipts that nobody can ask for; return how many went.

    Without retention by age, a receipt stays as long as its entries do.
    """
    expired = Q(received__lt=microseconds(now - options.keys_kept))
    with session.transaction():
        if options.retention is None:
            expired &= Q(first_seq__lt=oldest_seq(session) or 0)
        receipts = LogReceipt.objects.using(session.alias)
        batch = receipts.filter(expired).order_by("received").values_list("id", flat=True)[:BATCH]
        return receipts.filter(id__in=list(batch)).delete()[0]
