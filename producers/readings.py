"""Readings: numbers that sensors and scripts push to the wall."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeGuard

from pydantic import RootModel, model_validator

from producers.base import Producer
from producers.events import Event
from producers.flat_body import parts_of
from producers.labels import LONGEST_NAME, is_secret
from producers.measures import LONGEST_UNIT
from producers.parts import Parts
from producers.reading_body import BESIDE_VALUE, MOST_MEASURES, ReadingBody
from producers.stamps import NAMES as TIMES

_PLAIN: Final = 1e15
"""Smaller numbers are finite, and written out the same by everyone."""


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
        if _is_kept(value):
            return Event(
                producer=self.alias,
                type=type or self.event_type,
                time=time or self.now(),
                data=value,
                key=key,
                subject=subject,
            )
        if isinstance(value, dict):
            body = ReadingBody(value)
            time, subject = time or body.at, subject or body.subject
        return super().event(value, type=type, time=time, subject=subject, key=key)

    def checked(self, value: object) -> dict[str, Any]:
        return value if _is_kept(value) else super().checked(value)

    def parts(self, value: Mapping[str, Any]) -> Parts | None:
        """Each of a batch of Telegraf's `metrics`, and the like, is a reading."""
        return None if _is_kept(value) else parts_of(value)

    def left_out(self, value: Mapping[str, Any]) -> list[tuple[str, ...]]:
        return ReadingBody(value).left_out


def _is_kept(body: object) -> TypeGuard[dict[str, Any]]:
    """Whether `body` is kept just as it was posted, as what sensors send mostly is.

    False may be wrong; then the search for faults finds none.
    """
    if type(body) is not dict or not 0 < len(body) <= MOST_MEASURES:
        return False
    if not body.keys().isdisjoint(TIMES):
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
            or not 0 < len(name) <= LONGEST_NAME
            or not name.isprintable()
            or is_secret(name, said)
        ):
            return False
    return True
