"""Spans: when what is held was received, for whoever keeps files that entries name."""

from datetime import UTC, datetime
from itertools import pairwise

from dashboard.log.base import Bounds, Span
from dashboard.log.clock import UNIX, Reading, moment
from dashboard.log.leaps import Leaps
from dashboard.log.queries import received_at
from dashboard.log.session import Session


def read_spans(session: Session, bounds: Bounds, leaps: Leaps, now: Reading) -> list[Span]:
    """Return a span for each stretch of entries that no leap of the clock divides, and what else
    the clock may have said when one came."""
    held = [leap for leap in leaps if leap.seq >= bounds.oldest.seq]
    firsts = sorted({bounds.oldest.seq, *(leap.seq for leap in held)})
    spans = []
    for first, after in pairwise([*firsts, bounds.newest.seq + 1]):
        if after > first:
            begun, ended = (received_at(session, seq) for seq in (first, after - 1))
            if begun is None or ended is None:  # trimmed just now: the next look will tell
                return [Span(UNIX, datetime.max.replace(tzinfo=UTC))]
            spans.append(Span(moment(begun), moment(ended)))
    for leap in held:
        # What came with the first entry after it may have come before it.
        received = received_at(session, leap.seq)
        if received is not None:
            spans.append(Span(*[moment(received - leap.by)] * 2))
    return [*spans, Span(*[moment(now.now)] * 2)]
