"""Marks: things on a picture as SVG attributes, in percent of it, so that text keeps its size."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.safestring import SafeString

from dashboard.widgets.compact import clip
from dashboard.widgets.label_layout import Plates
from dashboard.widgets.palette import look
from dashboard.widgets.scene import Scene, box_of
from producers.detections.summary import one_line

MOST_MARKS: Final = 100
"""Boxes drawn at most, the surest; more would hide the picture, and each other."""

CROWD: Final = 12
"""Boxes beyond which labels give way to boxes."""

MOST_POINTS: Final = 200
"""Of one outline: more cannot be seen apart on a screen."""

LABEL_LENGTH: Final = 40
LONGEST_TRACK: Final = 4
"""Characters of a track id that a person may follow; longer ones are for machines."""

UNITS: Final = 1000
"""Width and height of the viewBox of outlines, stretched over the picture."""

_CORNERS: Final = 4
"""An outline with so many points is a box that was turned: it stands for the box."""

_SURE_POINT: Final = 0.25


def score_of(thing: Mapping[str, Any]) -> float | None:
    score = thing.get("score")
    return float(score) if isinstance(score, int | float) else None


def marks(scene: Scene) -> list[dict[str, Any]]:
    """Return what is drawn for each thing that has a place: the largest first, small ones on top.

    Dicts, because a template finds a name in them several times faster than an attribute. Values
    that are digits are marked safe.
    """
    placed = [(thing, box) for thing in scene.things if (box := box_of(thing)) is not None]
    placed.sort(key=lambda one: -(score_of(one[0]) or 0.0))
    plates = Plates(scene.shape[0] / scene.shape[1], crowd=len(placed) > CROWD)
    drawn = [
        (box[2] * box[3], _mark(thing, box, scene, plates)) for thing, box in placed[:MOST_MARKS]
    ]
    drawn.sort(key=lambda one: -one[0])
    return [mark for _, mark in drawn]


def _mark(
    thing: Mapping[str, Any], box: Sequence[float], scene: Scene, plates: Plates
) -> dict[str, Any]:
    left, top = 100 * box[0] / scene.width, 100 * box[1] / scene.height
    width, height = 100 * box[2] / scene.width, 100 * box[3] / scene.height
    outline = _points(thing.get("polygon"), scene)
    said = _said(thing)
    room = plates.place(left, top, width, height, sum(map(len, said.values())) + 2)
    return {
        "look": look(thing["label"]),
        "rect": None if len(outline) == _CORNERS else _rect(left, top, width, height),
        "outline": SafeString(" ".join(f"{x * UNITS:.0f},{y * UNITS:.0f}" for x, y in outline)),
        "joints": [
            {"x": percent(100 * x), "y": percent(100 * y)} for x, y in _joints(thing, scene)
        ],
        "plate": None if room is None else said | {"side": room.side, "room": _rect(*room.place)},
    }


def _said(thing: Mapping[str, Any]) -> dict[str, str]:
    score, track = score_of(thing), thing.get("track_id")
    return {
        "label": clip(one_line(thing["label"], LABEL_LENGTH + 1), LABEL_LENGTH),
        "track": track if isinstance(track, str) and len(track) <= LONGEST_TRACK else "",
        "score": "" if score is None else SafeString(f"{100 * score:.0f}"),
    }


def _rect(x: float, y: float, w: float, h: float) -> dict[str, SafeString]:
    return {"x": percent(x), "y": percent(y), "w": percent(w), "h": percent(h)}


def percent(value: float) -> SafeString:
    return SafeString(f"{min(max(value, 0.0), 100.0):.2f}%")


def _points(said: object, scene: Scene) -> list[tuple[float, float]]:
    """Return [[x, y], …] as fractions of the picture, thinned out where there are many."""
    if not isinstance(said, list):
        return []
    step = -(-len(said) // MOST_POINTS) or 1
    return [(x / scene.width, y / scene.height) for x, y, *_ in said[::step]]


def _joints(thing: Mapping[str, Any], scene: Scene) -> list[tuple[float, float]]:
    said = thing.get("keypoints")
    if not isinstance(said, list):
        return []
    seen = [point for point in said if point[2] is None or point[2] >= _SURE_POINT]
    return _points(seen, scene)
