"""Marks: the number and the time that every sent event carries, and how a reader finds them.

A mark is a unit such as `~0123456789`: microseconds of the monotonic clock, which all processes
of a machine share. It is short enough for a tile to show whole, and `~` is nowhere else.
"""

import re
import time
from collections.abc import Iterable
from typing import Final, NamedTuple

SIGN: Final = b"~"
"""Once in each event of a stream; one byte, so that no two reads can split it."""
IN_EVENT: Final = re.compile(rb'"value":(\d+),"unit":"~(\d{10})"')
IN_TILE: Final = re.compile(rb"~(\d{10})")
_RANGE: Final = 10**10


class Mark(NamedTuple):
    """An event's number and when it was due, in µs."""

    number: int
    due: int


def clock(seconds: float | None = None) -> int:
    """Return the time now, or that of `seconds` on the monotonic clock, in µs."""
    return int((time.monotonic() if seconds is None else seconds) * 1e6) % _RANGE


def age(due: int, now: int) -> float:
    """Return the seconds from one clock() to another; right for two hours."""
    return ((now - due) % _RANGE) / 1e6


def reading(mark: Mark) -> bytes:
    """Return the body that Eventwall is posted."""
    return b'{"value":%d,"unit":"~%010d"}' % mark


def lines(marks: Iterable[Mark]) -> bytes:
    """Return a body of several readings, as NDJSON."""
    return b"\n".join(map(reading, marks))


def cloudevent(mark: Mark) -> bytes:
    """Return what Eventwall sends for it, so that peers move the same bytes."""
    return (
        b'{"specversion":"1.0","id":"1a20229e862a82fde-%d","source":"/producers/readings/",'
        b'"type":"reading","time":"2026-01-01T00:00:00.000000+00:00",'
        b'"datacontenttype":"application/json","data":%b}' % (mark.number, reading(mark))
    )


def frame(mark: Mark) -> bytes:
    """Return the whole SSE frame, in an HTTP chunk."""
    data = b"id: 1a20229e862a82fde-%d\nevent: readings\ndata: %b\n\n" % (
        mark.number,
        cloudevent(mark),
    )
    return b"%x\r\n%b\r\n" % (len(data), data)
