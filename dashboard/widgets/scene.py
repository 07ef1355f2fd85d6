"""Scene: what detectors saw lately as one picture: its size, and the things that are on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from dashboard.log.base import Entry

TRACKED_FOR: Final = timedelta(seconds=60)
"""After so long without a word of it, a tracked thing is taken to have gone unsaid."""

_STATES: Final = ("new", "update", "end")
_PLAIN: Final = (4.0, 3.0)
"""The shape of a picture that nobody told the size of."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Things in `width` x `height`: 1 x 1 where they are fractions of the picture, else pixels."""

    things: list[Mapping[str, Any]]
    width: float
    height: float
    shape: tuple[float, float]
    """Width and height of the picture, in whatever unit."""
    guessed: bool
    """Whether there is no more to go by than how far the boxes reach."""


def scene(entries: Sequence[Entry]) -> Scene:
    """Return what there is to see; `entries` are of one producer, oldest first, at least one.

    It is what the newest of them tells. Where that is of a tracked thing, it is every thing
    that the same source has told of lately, as last told.
    """
    data = entries[-1].event.data
    things = [thing for told in _told(entries) for thing in things_in(told)]
    shape = _shape_of(data)
    if data.get("box_space") != "px":
        return Scene(things, 1.0, 1.0, shape or _PLAIN, guessed=False)
    if shape is None:
        shape = _shape_before(entries)
    if shape is not None:
        return Scene(things, *shape, shape, guessed=False)
    boxes = [box for thing in things if (box := box_of(thing)) is not None]
    # To the farthest edges, and a little beyond: the corner where they begin is known.
    width = max((x + w for x, _, w, _ in boxes), default=0.0) * 1.04 or _PLAIN[0]
    height = max((y + h for _, y, _, h in boxes), default=0.0) * 1.04 or _PLAIN[1]
    return Scene(things, width, height, (width, height), guessed=True)


def things_in(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the detections in an event's data, each with a label; none where it has none."""
    said = data.get("detections")
    if not isinstance(said, list):
        return []
    return [thing for thing in said if type(thing) is dict and isinstance(thing.get("label"), str)]


def box_of(thing: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    """Return x, y, w, h; None where it has no box."""
    box = thing.get("box")
    if not isinstance(box, dict):
        return None
    sides = tuple(box.get(name) for name in ("x", "y", "w", "h"))
    return sides if all(isinstance(side, int | float) for side in sides) else None  # type: ignore[return-value]


def _told(entries: Sequence[Entry]) -> list[Mapping[str, Any]]:
    """Return the data of the newest entry, or of all tracked things of its source."""
    newest = entries[-1].event
    if newest.data.get("state") not in _STATES:
        return [newest.data]
    space = newest.data.get("box_space"), newest.data.get("size")
    latest: dict[str, Mapping[str, Any]] = {}
    for entry in reversed(entries):
        event, data = entry.event, entry.event.data
        if newest.time - event.time > TRACKED_FOR or event.subject != newest.subject:
            continue
        if data.get("state") in _STATES and (data.get("box_space"), data.get("size")) == space:
            latest.setdefault(str(data.get("id")), data)
    return [latest[id_] for id_ in sorted(latest) if latest[id_]["state"] != "end"]


def _shape_of(data: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return width and height of the picture; None where nobody says them."""
    size = data.get("size")
    if not isinstance(size, dict):
        return None
    width, height = size.get("width"), size.get("height")
    if not all(isinstance(side, int | float) and side >= 1 for side in (width, height)):
        return None
    return float(width), float(height)  # type: ignore[arg-type]


def _shape_before(entries: Sequence[Entry]) -> tuple[float, float] | None:
    """Return the shape that the same source's pictures had last."""
    subject = entries[-1].event.subject
    shapes = (_shape_of(e.event.data) for e in reversed(entries) if e.event.subject == subject)
    return next(filter(None, shapes), None)
