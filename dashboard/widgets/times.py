"""Stamp: a moment as a person at the wall reads it, in the site's time zone."""

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString


class Stamp(NamedTuple):
    """`iso` for `<time datetime>`, `text` to read: the time, before it the date if not today.

    Both are digits and punctuation that HTML needs no escaping for, which saves looking.
    """

    iso: SafeString
    text: SafeString


def stamp(when: datetime, now: datetime) -> Stamp:
    """Return `when` (aware) as seen at `now` (aware)."""
    local, today = localtime(when), localtime(now)
    time = f"{local.hour:02}:{local.minute:02}:{local.second:02}"
    if local.toordinal() != today.toordinal():
        time = f"{local.year:04}-{local.month:02}-{local.day:02} {time}"
    return Stamp(SafeString(local.isoformat(timespec="seconds")), SafeString(time))


def localtime(when: datetime) -> datetime:
    """Return `when` in the site's time zone; as it is where that leaves the calendar."""
    try:
        return when.astimezone(timezone.get_default_timezone())
    except OverflowError:
        return when


def span(start: datetime, end: datetime) -> str:
    """Return how long it was from `start` to `end` in one rough unit; "" if not forward."""
    seconds = (end - start).total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return ""
