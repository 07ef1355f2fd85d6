"""Scalars: which texts, times and other values a result may hold, so that any log carries it."""

import math
import re
from datetime import UTC, datetime
from typing import Final

from producers.detections.bounds import LONGEST_TEXT
from producers.measures import LARGEST_WHOLE

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return `text`. Raises ValueError where it holds what databases and UTF-8 cannot."""
    if _UNSTORABLE.search(text):
        raise ValueError("the text holds U+0000 or half a surrogate pair; leave it out")
    return text


def not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is blank; legal is a name such as 'person'")
    return text


def sayable(text: str) -> str:
    """Return `text`. Raises ValueError where one printable line cannot show it as it is.

    It becomes an event's subject, or names one thing among others.
    """
    if not text.isprintable():
        raise ValueError("the text holds invisible characters; legal is one printable line")
    return text


def within_the_calendar(time: datetime) -> datetime:
    """Return `time`. Raises ValueError within a day of years 1 and 9999, where UTC has no date."""
    try:
        time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time is beyond the calendar in UTC") from error
    return time


def plain(value: object) -> object:
    """Return `value`. Raises ValueError unless it is a text, a number, true, false or null."""
    if isinstance(value, str):
        storable(value)
        fits = len(value) <= LONGEST_TEXT
    elif isinstance(value, int):
        fits = abs(value) <= LARGEST_WHOLE
    else:
        fits = value is None or (isinstance(value, float) and math.isfinite(value))
    if not fits:
        raise ValueError(
            f"legal is a text of at most {LONGEST_TEXT} characters, a finite number "
            "up to 2^53, true, false or null"
        )
    return value
