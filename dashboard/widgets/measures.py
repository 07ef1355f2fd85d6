"""Measures: the numbers that an event's data holds, by name, with their units and as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from dashboard.log.base import Entry
from producers.events import JSON

LARGEST: Final = 1e300
"""Beyond it the difference of two values is no finite float any more."""

NAME_LENGTH: Final = 40
UNIT_LENGTH: Final = 12

THIN_SPACE: Final = "\N{NARROW NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"

GROWS: Final = frozenset(
    ("B", "B/s", "b/s", "bit", "bit/s", "bps", "Hz", "W", "Wh", "J", "V", "A", "Ω", "F", "Pa")
)
"""Units that take k, M, G, T when the number is large."""
SHRINKS: Final = frozenset(("W", "J", "V", "A", "F", "N", "Pa", "m", "g", "s"))
"""Units that take m, µ, n when the number is small."""

_LARGE: Final = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_SMALL: Final = ((1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))
_LATEST: Final = 4
_MOST_DECIMALS: Final = 3
_MOST_DIGITS: Final = 1e5
"""From here on, more digits than can be read at a glance: k, M, G and T take their place."""


class Shown(NamedTuple):
    """A value as text: `number` in digits, `unit` with its SI prefix."""

    number: str
    unit: str

    @property
    def said(self) -> str:
        """Both in one line."""
        return f"{self.number} {self.unit}".rstrip()


@dataclass(slots=True)
class History:
    """One measure through time, oldest first; `unit` is that of the latest value."""

    name: str
    unit: str
    values: list[float]


def histories(entries: Sequence[Entry]) -> dict[str, History]:
    """Return every measure in `entries` (oldest first) by name, in the order first seen.

    A measure is a top-level number, an object with a numeric "value" (and a "unit"), or the data
    itself when it is such an object: then its "name", or its "type", or "value" is the name.
    """
    found: dict[str, list[float]] = {}
    units: dict[str, object] = {}
    for entry in entries:
        data: Mapping[str, Any] = entry.event.data
        # This loop runs for each number of a window on each drawing: it is flat to be fast.
        for key, value in data.items():
            kind = type(value)
            unit = None
            if kind is dict:
                unit = value.get("unit")
                value = value.get("value")
                kind = type(value)
            elif key == "value":
                key = _name_of(data)
                unit = data.get("unit")
            # A bool is no number here, and a NaN passes no comparison.
            if (kind is float or kind is int) and -LARGEST <= value <= LARGEST:
                # A number without a unit has none, whatever the one before it had.
                units[key] = unit
                if key in found:
                    found[key].append(value)
                else:
                    found[key] = [value]
    return {
        name: History(name[:NAME_LENGTH], _unit(units.get(name)), values)
        for name, values in found.items()
    }


def _name_of(data: Mapping[str, JSON]) -> str:
    for key in ("name", "type"):
        if isinstance(name := data.get(key), str) and name:
            return name
    return "value"


def _unit(unit: object) -> str:
    return unit[:UNIT_LENGTH] if isinstance(unit, str) else ""


def decimals_for(values: Sequence[float], scale: float = 1.0) -> int:
    """Return how many decimals show the latest of `values` without false or jumping precision.

    About three significant digits, never more than the last few values were given with.
    """
    size = abs(values[-1]) / scale
    most = 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 1 else _MOST_DECIMALS
    if scale != 1.0:
        return most
    given = 0
    for value in values[-_LATEST:]:
        if value.__class__ is float and value != int(value):
            text = repr(value)
            given = max(given, _MOST_DECIMALS if "e" in text else len(text.partition(".")[2]))
    return min(most, given)


def prefix_for(value: float, unit: str, *, whole: bool = False) -> tuple[float, str]:
    """Return the SI scale and prefix that `value` reads best in: 12,300 B/s → (1000, "k").

    `whole`: only a unit that takes prefixes has one, whatever digits that makes.
    """
    size = abs(value)
    if size >= 1000 and unit in GROWS:
        for scale, prefix in _LARGE:
            if size >= scale:
                return scale, prefix
    if 0 < size < 1 and unit in SHRINKS:
        for scale, prefix in _SMALL:
            if size >= scale:
                return scale, prefix
    if _MOST_DIGITS <= size < 1e15 and unit not in GROWS and not whole:
        return next((scale, prefix) for scale, prefix in _LARGE if size >= scale)
    return 1.0, ""


def prefixed(prefix: str, unit: str) -> str:
    """Return the unit with its prefix: kB, but k requests."""
    return f"{prefix} {unit}" if prefix and unit and unit not in GROWS | SHRINKS else prefix + unit


def digits(value: float, decimals: int) -> str:
    """Return `value` in digits: a real minus sign, thin spaces between thousands."""
    if abs(value) >= 1e15:
        return _short(value)
    text = f"{value:,.{decimals}f}" if abs(value) >= 10_000 else f"{value:.{decimals}f}"
    if text[0] == "-":
        text = MINUS + text[1:] if text.strip("-0.,") else text[1:]
    return text.replace(",", THIN_SPACE)


def _short(value: float) -> str:
    return f"{value:.2g}".replace("e+", "e").replace("e-0", "e-").replace("-", MINUS)


def show(values: Sequence[float], unit: str, decimals: int | None = None) -> Shown:
    """Return the latest of `values` as text; `decimals` None: as many as make sense."""
    value = values[-1]
    scale, prefix = prefix_for(value, unit, whole=decimals is not None)
    if decimals is None:
        decimals = decimals_for(values, scale)
        if 0 < abs(value / scale) < 0.5 * 10**-decimals:
            return Shown(_short(value), unit)
    return Shown(digits(value / scale, decimals), prefixed(prefix, unit))


def exact(value: float, unit: str) -> str:
    """Return all that is known of a value which show() cuts short; "" where it does not."""
    if prefix_for(value, unit)[0] < 1000:
        return ""
    return f"{digits(value, 0 if value == int(value) else _MOST_DECIMALS)} {unit}".rstrip()


def alike(values: Sequence[float]) -> list[str]:
    """Return values (at least one) written in one manner, as those along an axis are."""
    scale, prefix = prefix_for(max(values, key=abs), "")
    scaled = [value / scale for value in values]
    decimals = max(decimals_for([value]) for value in scaled)
    if any(0 < abs(value) < 0.5 * 10**-decimals for value in scaled):
        return [_short(value) if value else "0" for value in values]
    texts = (digits(value, decimals) for value in scaled)
    return [
        f"{text} {prefix}" if value and prefix else text
        for text, value in zip(texts, values, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """How a value differs from the one before: `direction` up, down or same; `text` signed."""

    direction: str
    text: str
    unit: str


def change(values: Sequence[float], unit: str, decimals: int | None = None) -> Change | None:
    """Return the step from the value before to the latest, None if first.

    It is in the latest's unit; a small step of a large count has its own.
    """
    if len(values) < 2:
        return None
    scale, prefix = prefix_for(values[-1], unit, whole=decimals is not None)
    step = values[-1] - values[-2]
    if decimals is None:
        if scale > 1 and unit not in GROWS:
            scale, prefix = prefix_for(step, unit)
        decimals = decimals_for(values, scale)
    shown, unit = round(step / scale, decimals), prefixed(prefix, unit)
    if shown == 0 and abs(step) > 0 and abs(values[-1] / scale) < 0.5 * 10**-decimals:
        text = _short(step)
    elif shown == 0:
        return Change("same", "±" + digits(0, decimals), unit)
    else:
        text = digits(shown, decimals)
    return Change("up", "+" + text, unit) if step > 0 else Change("down", text, unit)
