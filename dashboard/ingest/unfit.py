"""Unfit: values that their producer does not take, and how their sender is told."""

from collections.abc import Sequence
from typing import Any, Final

from dashboard.http.problems import MOST_ERRORS, Refused, error_at, pointer
from dashboard.ingest.attributes import why_illegal
from dashboard.ingest.json_values import BadJSON, Limits, check
from dashboard.ingest.parsed_body import ParsedBody
from producers.base import InvalidEvent, Producer
from producers.events import Event
from producers.limits import MAX_EVENT_BYTES, why_unfit

MOST_REASONS: Final = 32
"""Faults named where a document may be in one of many formats: why each did not fit."""


class Unfit(Exception):
    """A value is not taken; `faults` are (path into the value, detail) pairs."""

    def __init__(self, faults: Sequence[tuple[Sequence[str | int], str]]) -> None:
        self.faults = faults


def unfit(error: InvalidEvent) -> Unfit:
    """Return the faults that a producer found; it tells the places as JSON pointers (RFC 6901)."""
    return Unfit([(steps(where), said) for where, said in error.problems])


def steps(where: str) -> list[str]:
    """Return the path that a JSON pointer says."""
    return [part.replace("~1", "/").replace("~0", "~") for part in where.split("/")[1:]]


def refusal(
    unfit: Unfit, producer: Producer, posted: ParsedBody, index: int, most: int = MOST_ERRORS
) -> Refused:
    faults = [
        ((*posted.path(index), *posted.inside, *path), said) for path, said in unfit.faults[:most]
    ]
    place = posted.place(index)
    line = f"line {place['line']}: " if "line" in place else ""
    where, said = faults[0]
    at = f"{pointer(where)}: " if where else ""
    extras: dict[str, Any] = {"example": producer.example} if producer.example else {}
    return Refused(
        "invalid-event",
        f"producer {producer.alias!r} does not take this: {line}{at}{said}",
        errors=[error_at(path, said) for path, said in faults],
        **place,
        **extras,
    )


def must_fit(event: Event, posted: ParsedBody, index: int) -> None:
    if (why := why_unfit(event)) is not None:
        raise Refused(
            "too-large",
            why,
            errors=[error_at(posted.path(index), why)],
            legal={"bytes": MAX_EVENT_BYTES},
            **posted.place(index),
        )


def check_attributes(event: Event) -> None:
    """Raise Unfit where a type or subject, which a producer may read out of data, is not legal."""
    for name, said in (("type", event.type), ("subject", event.subject)):
        if said is not None and (why := why_illegal(said)) is not None:
            raise Unfit([((), f"its {name} {why}")])


def check_data(event: Event, limits: Limits) -> None:
    """Raise Unfit where data that a producer's model made is not as strict as what was sent.

    "inf", for one, is a float to pydantic.
    """
    try:
        check(event.data, limits)
    except BadJSON as error:
        raise Unfit([(error.path, error.detail)]) from None
