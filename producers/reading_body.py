"""ReadingBody: the numbers and labels in what a sensor posts, and what is odd in it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from producers.measures import LONGEST_UNIT, number
from producers.stamps import stamp_in

MOST_MEASURES: Final = 32
LONGEST_NAME: Final = 64
LONGEST_LABEL: Final = 255

_LEGAL: Final = (
    'legal is 21.4, {"value": 21.4, "unit": "°C"}'
    ' or {"temperature": 21.4, "humidity": {"value": 40, "unit": "%"}}'
)
BESIDE_VALUE: Final = ("unit", "name", "type")
_NAMES_LABEL: Final = re.compile(
    r"(?:.*[_ -])?(?:id|uid|uuid|device|sensor|node|host|hostname|name|mac|ip|ssid|serial|version"
    r"|firmware|model|room|zone|location|station|label|subject|unit)",
    re.IGNORECASE,
)
"""Names of what is a label though it is written in digits."""
_OF_COLLECTD: Final = ("values", "dsnames", "dstypes", "interval")
_NOTHING: Final = frozenset({"", "nan", "inf", "-inf", "null", "none", "unknown", "unavailable"})
"""What senders write where they have no value."""


def flat(body: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return the body in one level: what Home Assistant tells of one state as a value with its
    unit, and objects that are no measure member by member."""
    attributes = body.get("attributes")
    if "state" in body and "value" not in body and isinstance(attributes, Mapping):
        rest = {name: said for name, said in body.items() if name not in ("state", "attributes")}
        told = {"value": body["state"], **rest}
        for name, wanted in (("unit", "unit_of_measurement"), ("name", "friendly_name")):
            if isinstance(attributes.get(wanted), str):
                told[name] = attributes[wanted]
        return told
    values, names = body.get("values"), body.get("dsnames")
    if isinstance(values, list) and isinstance(names, list) and len(values) == len(names):
        # collectd: its values are named beside them.
        rest = {name: said for name, said in body.items() if name not in _OF_COLLECTD}
        measured = zip(names, values, strict=True)
        return {**rest, **{_named(body, name): value for name, value in measured}}
    if not any(_is_group(said) for said in body.values()):
        return body
    told = {}
    for name, said in body.items():
        if _is_group(said):
            told |= {f"{name} {inner}": member for inner, member in said.items()}
        else:
            told[name] = said
    return told


def _named(body: Mapping[Any, Any], name: object) -> str:
    """Return what collectd measures: its type's instance or type, and the part, if it has any."""
    what = body.get("type_instance") or body.get("type") or "value"
    return str(what) if name == "value" else f"{what} {name}"


def _is_group(said: object) -> bool:
    return (
        isinstance(said, Mapping)
        and bool(said)
        and said.keys().isdisjoint(("value", "unit"))
        and not any(isinstance(member, Mapping) for member in said.values())
    )


class ReadingBody:
    """Reads a body, and keeps what is odd in it, each with its place."""

    def __init__(self, body: object) -> None:
        self._odd: list[InitErrorDetails] = []
        self._measures = 0
        self.left_out: list[tuple[str, ...]] = []
        """Paths to what is not told."""
        self.labels: dict[str, str] = {}
        if isinstance(body, Mapping):
            self._told = self._body(flat(body))
        else:
            self._told = {"value": self._number(body, ())}
            self._measures = 0 if self._odd else 1

    def told(self) -> dict[str, Any]:
        """Return the readings as they are kept. Raises ValidationError where there are none."""
        if not self._measures:
            raise ValidationError.from_exception_data("readings", self._odd)
        return self._told

    def _body(self, body: Mapping[Any, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        beside = BESIDE_VALUE if "value" in body else ()
        stamp = stamp_in(body)
        for name, said in body.items():
            if stamp is not None and name == stamp[0]:
                continue
            faults = len(self._odd)
            if name in beside:
                kept = self._text(said, (name,))
            elif not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
                self._add(f"a measure's name has 1 to {LONGEST_NAME} characters", (name,), said)
                kept = None
            elif (label := _label(name, said)) is not None:
                kept = self.labels[name] = label
            else:
                kept = self._measure(name, said)
                self._measures += kept is not None
            if kept is None:
                self.left_out.append((str(name),))
            else:
                told[name] = kept
                self.left_out += [tuple(map(str, odd["loc"])) for odd in self._odd[faults:]]
        if self._measures > MOST_MEASURES:
            said = f"{self._measures} measures are too many; legal are {MOST_MEASURES} in one event"
            self._odd.clear()
            self._measures = 0
            self._add(said, (), sorted(map(str, told))[:3])
        elif not self._measures and not self._odd:
            self._add(f"there is no measure in it; {_LEGAL}", (), body)
        if self._measures == 1 and not beside and "unit" in self.labels:
            name = next(name for name in told if name not in self.labels)
            if not isinstance(told[name], dict):
                told[name] = {"value": told[name], "unit": told.pop("unit")[:LONGEST_UNIT]}
        return told

    def _measure(self, name: str, said: object) -> Any:
        if not isinstance(said, Mapping) or name == "value":
            return self._number(said, (name,))
        if "value" not in said:
            self._add('value is missing; legal is {"value": 40, "unit": "%"}', (name,), said)
            return None
        value = self._number(said["value"], (name, "value"))
        for key in said:
            if key not in ("value", "unit"):
                place = (name, str(key)[:80])
                self._add("unknown here; legal are value and unit", place, said[key])
        unit = self._text(said["unit"], (name, "unit")) if "unit" in said else None
        if value is None:
            return None
        return {"value": value} if unit is None else {"value": value, "unit": unit}

    def _number(self, said: object, place: tuple[str, ...]) -> float | None:
        try:
            return number(said)
        except ValueError as error:
            self._add(str(error) if place else f"{error}; {_LEGAL}", place, said)
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


def _label(name: str, said: object) -> str | None:
    """Return the text that a member is; None where it is a number in digits, or no text."""
    if not isinstance(said, str) or name == "value" or len(said) > LONGEST_LABEL:
        return None
    text = said.strip()
    if text.lower() in _NOTHING or not text.isprintable():
        return None
    try:
        number(text)
    except ValueError:
        return text
    is_code = len(text) > 1 and text[0] == "0" and text.isdecimal()
    return text if is_code or _NAMES_LABEL.fullmatch(name) else None
