"""Stamps: when something happened, as senders write it beside what happened."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

NAMES: Final = ("time", "timestamp", "ts", "datetime", "date", "@timestamp", "created_at")
"""Members that hold a time, in any case; the first that does is it."""

_LEAST: Final = 1e9
"""Seconds since 1970, as of 2001: a smaller number is a measure that is called so."""
_SCALES: Final = (1.0, 1e3, 1e6, 1e9)
"""Seconds, milliseconds, microseconds, nanoseconds: the first that gives a year before 2286."""
_MOST: Final = 1e10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def stamp_in(body: Mapping[Any, Any]) -> tuple[str, datetime] | None:
    """Return the member of `body` that holds its time, and the time; None where none does."""
    for wanted in NAMES:
        for name, said in body.items():
            if (
                isinstance(name, str)
                and name.lower() == wanted
                and (at := moment(said)) is not None
            ):
                return name, at
    return None


def moment(said: object) -> datetime | None:
    """Return the time that a number since 1970 or an ISO 8601 text says; None for all else.

    Without a time zone it is UTC.
    """
    if isinstance(said, str):
        text = said.strip()[:64]
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            try:
                said = float(text)
            except ValueError:
                return None
        else:
            # A bare number such as 20261127 is ISO 8601 too, and no time that a sender means.
            if text.isdecimal():
                return moment(int(text))
            return _utc(at if at.tzinfo else at.replace(tzinfo=UTC))
    if isinstance(said, bool) or not isinstance(said, int | float) or not said >= _LEAST:
        return None
    for scale in _SCALES:
        if said / scale < _MOST:
            return _EPOCH + timedelta(seconds=said / scale)
    return None


def _utc(at: datetime) -> datetime | None:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # within a day of years 1 and 9999
        return None
