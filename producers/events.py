"""Event: what a producer says once. A frozen value that no log has numbered yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

JSON: TypeAlias = bool | int | float | str | list["JSON"] | dict[str, "JSON"] | None
"""Anything RFC 8259 can say. Numbers are finite; strings hold no NUL and no lone surrogate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    `producer` is the alias in PRODUCERS, `type` the CloudEvents type, `time` when it happened
    (aware), `data` a JSON object. Consecutive events of one append that share a `key` are one
    unit of idempotency: the same key again answers with the ids of the first time. `subject`
    says what within the producer it is about (CloudEvents `subject`). `picture` is the encoded
    image (JPEG, PNG or WebP) that the event was seen on: it is stored beside the log, and its id
    becomes "picture" in `data`.
    """

    producer: str
    type: str
    time: datetime
    data: Mapping[str, JSON]
    key: str | None = None
    subject: str | None = None
    picture: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.time.tzinfo is None:
            raise ValueError(f"Event.time {self.time!r} is naive; give it a time zone")
