"""Stamps: when something happened, as senders write it beside what happened."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple

NAMES: Final = (
    "time", "timestamp", "ts", "datetime", "date", "@timestamp", "@t", "timestampms", "timestampns",
    "unixtime", "unixtimestamp", "eventtime", "createdat", "created", "startsat", "startedat",
    "occurredat", "firedat", "timefired", "fireddatetime", "measuredat", "observedat", "recordedat",
    "reportedat", "sentat", "publishedat", "publishtime", "receivedat", "updatedat", "lastupdated",
    "lastchanged", "lastseen", "dateutc", "timeutc", "tst", "epoch", "realtimetimestamp",
)  # fmt: skip
"""Members that hold a time, as `plain` spells them; the first that does is it."""
_INNER: Final = frozenset({"time", "timestamp", "ts", "datetime", "@timestamp"})
"""Those that say it from within an object too. `created`, for one, is of the thing in there."""
_STAMPED: Final = re.compile(
    r"(?:.*[_\W])?(?:ts|at|timestamp|datetime|epoch)(?:_?[mun]s)?|.*[a-z](?-i:At|Ts|Timestamp)",
    re.IGNORECASE,
)
"""Names of what is a time where it is a number as large as one."""

_LEAST: Final = 1e9
"""Seconds since 1970, as of 2001: a smaller number is a measure that is called so."""
_SCALES: Final = (1.0, 1e3, 1e6, 1e9)
"""Seconds, milliseconds, microseconds, nanoseconds: the first that gives a year before 2286."""
_MOST: Final = 1e10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OF_DAY: Final = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_WEEKDAY: Final = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), ")


class Stamp(NamedTuple):
    """The time in a body; `names`: every member that holds one, none of which is a measure."""

    at: datetime
    names: frozenset[str]


def stamp_in(body: Mapping[Any, Any]) -> Stamp | None:
    """Return the time that the members of `body` say; None where none does."""
    names = {plain(name): name for name in reversed([*body]) if isinstance(name, str)}
    found = {
        names[wanted]: at
        for wanted in NAMES
        if wanted in names and (at := moment(body[names[wanted]])) is not None
    }
    day, time = body.get(names.get("date")), body.get(names.get("time"))
    if (at := _of_both(day, time)) is not None:
        return Stamp(at, frozenset((*found, names["date"], names["time"])))
    return Stamp(next(iter(found.values())), frozenset(found)) if found else None


def inner_moment(name: str, said: object) -> datetime | None:
    """Return the time of the whole that a member within an object says; None where it says none."""
    return moment(said) if plain(name) in _INNER else None


def is_stamp(name: str, said: object) -> bool:
    """Whether a number is a time by its name and its size, and no measure."""
    is_number = isinstance(said, int | float) and not isinstance(said, bool)
    return is_number and _STAMPED.fullmatch(name) is not None and moment(said) is not None


def plain(name: str) -> str:
    """Return a name without what spellings differ in: `event_time`, `eventTime`."""
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def moment(said: object) -> datetime | None:
    """Return the time that a number since 1970 or a text (ISO 8601, RFC 5322) says; None for all
    else.

    Without a time zone it is UTC.
    """
    if isinstance(said, str):
        text = said.strip()[:64]
        try:
            at = _read(text)
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


def _read(text: str) -> datetime:
    if _WEEKDAY.match(text):
        return parsedate_to_datetime(text)
    return datetime.fromisoformat(text.removesuffix(" UTC"))


def _of_both(day: object, time: object) -> datetime | None:
    """Return the time that a date and a time of day beside it say."""
    if not isinstance(day, str) or not isinstance(time, str):
        return None
    if _DAY.fullmatch(day.strip()) is None or _OF_DAY.fullmatch(time.strip()) is None:
        return None
    return moment(f"{day.strip()}T{time.strip()}")


def _utc(at: datetime) -> datetime | None:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # within a day of years 1 and 9999
        return None
