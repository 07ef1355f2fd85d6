"""Readings: numbers that sensors and scripts push to the wall."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeGuard

from pydantic import RootModel, model_validator

from producers.base import Producer
from producers.events import Event
from producers.flat_body import parts_of
from producers.labels import LONGEST_NAME, is_secret
from producers.measures import LONGEST_UNIT
from producers.parts import Parts
from producers.reading_body import BESIDE_VALUE, MOST_MEASURES, ReadingBody

_PLAIN: Final = 1e9
"""Smaller numbers are finite, written out the same by everyone, and no time since 1970."""


class ReadingsProducer(Producer):
    """Takes one number, one number with its unit, or an object of several by name.

    Texts in it become labels, a time in it is the event's.
    """

    class Data(RootModel[dict[str, Any]]):
        """`{"value": 21.4, "unit": "°C"}`, or name → number, such an object or a label."""

        @model_validator(mode="before")
        @classmethod
        def _read(cls, body: Any) -> Any:
            return ReadingBody(body).told()

    event_type = "reading"
    widget = "metrics"
    takes_text = True
    example = '{"value": 21.4, "unit": "°C"}'

    def event(
        self,
        value: object,
        *,
        type: str | None = None,  # noqa: A002 - CloudEvents' name for it
        time: datetime | None = None,
        subject: str | None = None,
        key: str | None = None,
    ) -> Event:
        if isinstance(value, dict) and not is_plain(value):
            body = ReadingBody(value)
            time, subject = time or body.at, subject or body.subject
        return super().event(value, type=type, time=time, subject=subject, key=key)

    def checked(self, value: object) -> dict[str, Any]:
        return value if is_plain(value) else super().checked(value)

    def plain_event(self, value: object, key: str | None) -> Event | None:
        if not is_plain(value):
            return None
        return Event(
            producer=self.alias, type=self.event_type, time=self.now(), data=value, key=key
        )

    def parts(self, value: Mapping[str, Any]) -> Parts | None:
        """Each of a batch of Telegraf's `metrics`, and the like, is a reading."""
        return parts_of(value)

    def left_out(self, value: Mapping[str, Any]) -> list[tuple[str, ...]]:
        return ReadingBody(value).left_out


# Sensors say the same few names again and again.
@lru_cache(maxsize=1_000)
def _may_measure(name: str) -> bool:
    return name != "" and name.isprintable() and not is_secret(name, 0)


def is_plain(body: object) -> TypeGuard[dict[str, Any]]:
    """Whether `body` is kept just as it was posted, as what sensors send mostly is.

    False may be wrong; then the search for faults finds none.
    """
    if type(body) is not dict or not 0 < len(body) <= MOST_MEASURES:
        return False
    beside = BESIDE_VALUE if "value" in body else ()
    for name, said in body.items():
        kind = type(said)
        if name in beside:
            if kind is not str or len(said) > LONGEST_UNIT:
                return False
        elif (
            (kind is not float and kind is not int)
            or not -_PLAIN < said < _PLAIN
            or type(name) is not str
            or len(name) > LONGEST_NAME
            or not _may_measure(name)
        ):
            return False
    return True
