"""Readings: numbers that sensors and scripts push to the wall."""

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

from pydantic import RootModel, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from producers.base import Producer
from producers.measures import LONGEST_UNIT, number

MOST_MEASURES: Final = 32
LONGEST_NAME: Final = 64
_PLAIN: Final = 1e15
"""Smaller numbers are finite, and written out the same by everyone."""

_LEGAL: Final = (
    'legal is 21.4, {"value": 21.4, "unit": "°C"}'
    ' or {"temperature": 21.4, "humidity": {"value": 40, "unit": "%"}}'
)
_BESIDE_VALUE: Final = ("unit", "name", "type")


class ReadingsProducer(Producer):
    """Takes one number, one number with its unit, or an object of several by name."""

    class Data(RootModel[dict[str, Any]]):
        """`{"value": 21.4, "unit": "°C"}`, or name → number or such an object; up to 32."""

        @model_validator(mode="before")
        @classmethod
        def _read(cls, body: Any) -> Any:
            faults = Faults()
            told = faults.body(body)
            faults.raise_any()
            return told

    event_type = "reading"
    widget = "metrics"
    takes_text = True
    example = '{"value": 21.4, "unit": "°C"}'

    def checked(self, value: object) -> dict[str, Any]:
        return value if _is_kept(value) else super().checked(value)


def _is_kept(body: object) -> TypeGuard[dict[str, Any]]:
    """Whether `body` is kept just as it was posted, as what sensors send mostly is.

    False may be wrong; then the search for faults finds none.
    """
    if type(body) is not dict or not 0 < len(body) <= MOST_MEASURES:
        return False
    beside = _BESIDE_VALUE if "value" in body else ()
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
        ):
            return False
    return True


class Faults:
    """Reads a body, and keeps what is wrong in it, each with its place."""

    def __init__(self) -> None:
        self._found: list[InitErrorDetails] = []

    def raise_any(self) -> None:
        if self._found:
            raise ValidationError.from_exception_data("readings", self._found)

    def body(self, body: object) -> dict[str, Any]:
        """Return the readings as they are kept: as posted, with numbers as numbers."""
        if not isinstance(body, Mapping):
            return {"value": self._number(body, (), hint=True)}
        beside = _BESIDE_VALUE if "value" in body else ()
        names = [name for name in body if name not in beside]
        if not names:
            self._add(f"there is no measure in it; {_LEGAL}", (), body)
        if len(names) > MOST_MEASURES:
            said = f"{len(names)} measures are too many; legal are {MOST_MEASURES} in one event"
            self._add(said, (), sorted(map(str, names))[:3])
        told: dict[str, Any] = {
            name: self._text(body[name], (name,)) for name in beside if name in body
        }
        for name in names[:MOST_MEASURES]:
            if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
                self._add(
                    f"a measure's name has 1 to {LONGEST_NAME} characters", (str(name)[:80],), name
                )
            else:
                told[name] = self._measure(body[name], name)
        return {name: told[name] for name in body if name in told}

    def _measure(self, said: object, name: str) -> Any:
        if not isinstance(said, Mapping) or name == "value":
            return self._number(said, (name,), hint=True)
        for key in said:
            if key not in ("value", "unit"):
                self._add(
                    "unknown here; legal are value and unit", (name, str(key)[:80]), said[key]
                )
        if "value" not in said:
            self._add('value is missing; legal is {"value": 40, "unit": "%"}', (name,), said)
            return None
        told: dict[str, Any] = {"value": self._number(said["value"], (name, "value"))}
        if "unit" in said:
            told["unit"] = self._text(said["unit"], (name, "unit"))
        return told

    def _number(self, said: object, place: tuple[str, ...], *, hint: bool = False) -> float | None:
        try:
            return number(said)
        except ValueError as error:
            self._add(f"{error}; {_LEGAL}" if hint and not place else str(error), place, said)
            return None

    def _text(self, said: object, place: tuple[str, ...]) -> Any:
        if not isinstance(said, str) or len(said) > LONGEST_UNIT:
            self._add(f"legal is a text of at most {LONGEST_UNIT} characters", place, said)
        return said

    def _add(self, message: str, place: tuple[str, ...], said: object) -> None:
        # Given as a value, the message is not searched for braces of its own.
        fault = PydanticCustomError("reading", "{said}", {"said": message})
        self._found.append(InitErrorDetails(type=fault, loc=place, input=said))
