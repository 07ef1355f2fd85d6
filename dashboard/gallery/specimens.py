"""Specimens: what a producer would say for each widget to draw, in some flavour."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from dashboard.gallery.flavours import Flavour

Row: TypeAlias = tuple[str | None, dict[str, Any]]
"""Subject and data of one event."""

PICTURES: Final = (f"{'0' * 31}1.png", f"{'0' * 31}2.png")
"""The ids of the two pictures that the gallery draws by itself."""

_SIZE: Final = {"width": 640, "height": 480}
_BOXES: Final = ((0.07, 0.32, 0.3, 0.46), (0.55, 0.5, 0.2, 0.4), (0.78, 0.55, 0.17, 0.33))
_LEVELS: Final = ("info", "warn", "error", "debug", "")


def readings(said: Flavour) -> list[Row]:
    return [(said.names[0], {"value": value, "unit": said.unit}) for value in said.values]


def _clock(said: Flavour) -> list[Row]:
    return [(None, {"time": "2026-11-22T14:03:07+01:00", "timezone": "Europe/Berlin"})]


def _metrics(said: Flavour) -> list[Row]:
    names = said.names[:4]
    return [
        (
            None,
            {
                name: {"value": value * (number + 1), "unit": said.unit}
                for number, name in enumerate(names)
            }
            | {"cpu": {"value": abs(value) % 100, "unit": "%"}},
        )
        for value in said.values
    ]


def _feed(said: Flavour) -> list[Row]:
    return [
        (
            said.names[number % len(said.names)] if number % 2 else None,
            {"text": said.text, "level": _LEVELS[number % len(_LEVELS)]},
        )
        for number in range(12)
    ]


def _detections(said: Flavour) -> list[Row]:
    things = [
        {
            "label": name,
            "score": 0.97 - number / 9,
            "box": dict(zip("xywh", _BOXES[number % len(_BOXES)], strict=True)),
        }
        for number, name in enumerate(said.names[: 30 if len(said.names) > 30 else 3])
    ]
    return [
        (None, {"picture": picture, "size": _SIZE, "detections": things[: 2 + number * 99]})
        for number, picture in enumerate(PICTURES)
    ]


def _picture(said: Flavour) -> list[Row]:
    return [(None, {"picture": id_, "size": _SIZE, "text": said.text}) for id_ in PICTURES]


def _status(said: Flavour) -> list[Row]:
    return [
        (name, {"state": said.states[number % len(said.states)]})
        for number, name in enumerate(said.names)
    ]


def _timeline(said: Flavour) -> list[Row]:
    return [
        (name, {"state": said.states[(number + turn * 3) % len(said.states)]})
        for turn in range(8)
        for number, name in enumerate(said.names)
    ]


def _heat(said: Flavour) -> list[Row]:
    return [
        (None, {"value": said.values[hour % len(said.values)], "unit": said.unit})
        for hour in range(7 * 24)
    ]


def _table(said: Flavour) -> list[Row]:
    return [
        (
            name,
            {
                "temperature": {"value": said.values[number % len(said.values)], "unit": said.unit},
                "humidity": {"value": 40 + number, "unit": "%"},
            }
            | ({} if number % 3 else {"battery": {"value": 3.1 + number / 10, "unit": "V"}}),
        )
        for number, name in enumerate(said.names)
    ]


def _progress(said: Flavour) -> list[Row]:
    rows: list[Row] = []
    for number, name in enumerate(said.names):
        total = round(abs(said.values[-1]) * 20) + 7
        rows.append(
            (name, {"done": total * min(number, 4) // 4, "total": total, "text": said.text})
            if number % 2
            else (name, {"progress": number * 0.13 % 1})
        )
    return rows


def _text(said: Flavour) -> list[Row]:
    return [(None, {"text": said.prose})]


SPECIMENS: Final[dict[str, Callable[[Flavour], list[Row]]]] = {
    "auto": readings,
    "bars": _table,
    "clock": _clock,
    "count": _detections,
    "detections": _detections,
    "feed": _feed,
    "heat": _heat,
    "metrics": _metrics,
    "picture": _picture,
    "progress": _progress,
    "status": _status,
    "table": _table,
    "text": _text,
    "timeline": _timeline,
}
"""Widget → what it is shown; any other is shown the readings of one thing."""

OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "gauge": {"min": 0, "max": 30},
    "template": {"template_name": "dashboard/gallery_own.html"},
}
"""Widget → options that show it better than none."""
