"""ReadingBody: the numbers and labels in what a sensor posts, and what is odd in it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from producers.flat_body import FlatBody, Path
from producers.labels import LONGEST_NAME, is_name, is_secret, label_of, subject_of
from producers.measures import LONGEST_UNIT, number, quantity
from producers.stamps import is_stamp

MOST_MEASURES: Final = 32

_LEGAL: Final = (
    'legal is 21.4, {"value": 21.4, "unit": "°C"}'
    ' or {"temperature": 21.4, "humidity": {"value": 40, "unit": "%"}}'
)
BESIDE_VALUE: Final = ("unit", "name", "type")
_UNITS: Final = ("unit", "units", "unit_of_measurement", "uom")
"""Members that say the unit; the first that is there is it."""


class ReadingBody:
    """Reads a body, and keeps what is odd in it, each with its place."""

    def __init__(self, body: object) -> None:
        self._odd: list[InitErrorDetails] = []
        self._measures = 0
        self.left_out: list[tuple[str, ...]] = []
        """Paths to what is not told."""
        self.labels: dict[str, str] = {}
        self.at: datetime | None = None
        self.subject: str | None = None
        """What the label says that is the subject, or else the first that may be one."""
        if isinstance(body, Mapping):
            self._told = self._body(FlatBody(body))
        elif isinstance(body, str) and (said := quantity(body)) is not None:
            self._told = said
            self._measures = 1
        else:
            self._told = {"value": self._number(body, ())}
            self._measures = 0 if self._odd else 1

    def told(self) -> dict[str, Any]:
        """Return the readings as they are kept. Raises ValidationError where there are none."""
        if not self._measures:
            raise ValidationError.from_exception_data("readings", self._odd)
        return self._told

    def _body(self, flat: FlatBody) -> dict[str, Any]:
        body, told = flat.members, dict[str, Any]()
        beside = BESIDE_VALUE if "value" in body else ()
        unit = _unit_in(body)
        stamp = flat.stamp()
        if stamp is not None:
            self.at = stamp.at
        for name, said in body.items():
            if stamp is not None and name in stamp.names:
                continue
            faults, place = len(self._odd), flat.place(name)
            if beside and name == unit:
                name, kept = "unit", self._text(said, place)
            elif name in beside:
                kept = self._text(said, place)
            elif not is_name(name):
                what = f"a measure's name has 1 to {LONGEST_NAME} printable characters"
                self._add(what, place, said)
                kept = None
            elif is_secret(name, said) or is_stamp(place[-1], said):
                kept = None
            elif (label := label_of(name, said)) is not None:
                kept = self.labels[name] = label
            else:
                kept = self._measure(name, said, place)
                self._measures += kept is not None
            if kept is None:
                self.left_out.append(place)
            else:
                told[name] = kept
                self.left_out += [tuple(map(str, odd["loc"])) for odd in self._odd[faults:]]
        self.subject = subject_of(self.labels)
        if self._measures > MOST_MEASURES:
            what = f"{self._measures} measures are too many; legal are {MOST_MEASURES} in one event"
            self._odd.clear()
            self._measures = 0
            self._add(what, (), sorted(map(str, told))[:3])
        elif not self._measures and not self._odd:
            self._add(f"there is no measure in it; {_LEGAL}", (), body)
        if self._measures == 1 and not beside and unit in self.labels:
            name = next(name for name in told if name not in self.labels)
            if not isinstance(told[name], dict):
                told[name] = {"value": told[name], "unit": told.pop(unit)[:LONGEST_UNIT]}
        return told

    def _measure(self, name: str, said: object, place: Path) -> Any:
        if isinstance(said, str) and (told := quantity(said)) is not None:
            if name != "value":
                return told
            said = told["value"]
        if not isinstance(said, Mapping) or name == "value":
            return self._number(said, place)
        if "value" not in said:
            self._add('value is missing; legal is {"value": 40, "unit": "%"}', place, said)
            return None
        value = self._number(said["value"], (*place, "value"))
        named = _unit_in(said)
        for key in said:
            if key not in ("value", named):
                inner = (*place, str(key)[:80])
                self._add("unknown here; legal are value and unit", inner, said[key])
        unit = None if named is None else self._text(said[named], (*place, named))
        if value is None:
            return None
        return {"value": value} if unit is None else {"value": value, "unit": unit}

    def _number(self, said: object, place: tuple[str, ...]) -> float | None:
        try:
            return number(said)
        except ValueError as error:
            what = str(error).partition(";")[0]
            self._add(str(error) if place else f"{what}; {_LEGAL}", place, said)
            return None

    def _text(self, said: object, place: tuple[str, ...]) -> str | None:
        if isinstance(said, str) and len(said) <= LONGEST_UNIT:
            return said
        self._add(f"legal is a text of at most {LONGEST_UNIT} characters", place, said)
        return None

    def _add(self, message: str, place: tuple[Any, ...], said: object) -> None:
        # Given as a value, the message is not searched for braces of its own.
        fault = PydanticCustomError("reading", "{said}", {"said": message})
        loc = tuple(str(part)[:80] for part in place)
        self._odd.append(InitErrorDetails(type=fault, loc=loc, input=said))


def _unit_in(body: Mapping[Any, Any]) -> str | None:
    return next((name for name in _UNITS if name in body), None)
