"""Label Studio: rectangles, polygons, keypoints and choices, in percent of the original picture."""

from math import cos, radians, sin
from typing import Final

from producers.detections.bounds import MOST_POINTS, MOST_RESULTS
from producers.detections.boxes import cornered, enclosing, outline
from producers.detections.fields import Detection, Point, Size, Tag
from producers.detections.format import Format, Reading, kind_of, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload

_WHOLE: Final = 100
_KINDS: Final = ("rectanglelabels", "polygonlabels", "keypointlabels", "choices", "labels")


class LabelStudio(Format):
    """Predictions, tasks with predictions or annotations, or what a machine learning backend
    answers: an event for each picture. A turned rectangle is kept as its corners too."""

    name = "label-studio"
    about = "Label Studio predictions, tasks and backends"
    takes_lists = True
    only_space = "relative"

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, list | tuple):
            if not payload:
                return "it is an empty list, which tells no picture"
            why = self.why_not(payload[0])
            return why and f"of its first item: {why}"
        if not isinstance(payload, dict):
            return f"it is {kind_of(payload)}, neither a list nor an object"
        if isinstance(payload.get("results"), list) and payload["results"]:
            return self.why_not(payload["results"][0])
        for name in ("predictions", "annotations"):
            held = payload.get(name)
            if (
                isinstance(held, list)
                and held
                and isinstance(held[0], dict)
                and "result" in held[0]
            ):
                return self.why_not(held[0])
        result = payload.get("result")
        if not isinstance(result, list):
            return why_no_object_with(payload, "result") or "its result is no list"
        first = result[0] if result else None
        if first is not None and (why := why_no_object_with(first, "value")) is not None:
            return f"of its first result: {why}"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        if isinstance(payload.value, list | tuple):
            return payload.each(lambda one: _picture(one, reading), MOST_RESULTS)
        results = payload.get("results")
        if results is not None:
            return results.each(lambda one: _picture(one, reading), MOST_RESULTS)
        return [_picture(payload, reading)]


def _picture(said: Payload, reading: Reading) -> Result:
    for name in ("annotations", "predictions"):
        held = said.get(name)
        if held is not None and held.items():
            if len(held.items()) > 1:
                raise held.fault("it was looked at more than once; send one of these alone")
            return _picture(held.items()[0], reading)
    sure = said.get("score")
    score = None if sure is None else sure.score()
    result = said.member("result")
    found = result.each(lambda one: _region(one, score))
    sizes = {size for one in result.items() if (size := _size(one)) is not None}
    if len(sizes) > 1:
        raise result.fault("its parts tell pictures of different sizes")
    return Result(
        detections=[one for one in found if isinstance(one, Detection)],
        tags=[one for one in found if isinstance(one, Tag)],
        size=next(iter(sizes), reading.size),
    )


def _size(said: Payload) -> Size | None:
    if said.get("original_width") is None or said.get("original_height") is None:
        return None
    return said.size("original_width", "original_height")


def _region(said: Payload, score: float | None) -> Detection | Tag:
    value, own = said.member("value"), said.get("score")
    score = score if own is None else own.score()
    kind = next((kind for kind in _KINDS if value.get(kind) is not None), None)
    if kind is None:
        raise value.fault(f"legal is a value with {', '.join(_KINDS)}")
    names = value.member(kind).items()
    if not names:
        raise value.member(kind).fault("it names nothing")
    label = names[0].label()
    if kind == "choices":
        return Tag(label=label, score=score)
    if kind == "polygonlabels":
        points = value.member("points").each(_pair, MOST_POINTS)
        return Detection(label=label, score=score, box=enclosing(points), polygon=outline(points))
    x, y = _part(value, "x"), _part(value, "y")
    if kind == "keypointlabels":
        return Detection(label=label, score=score, keypoints=[(x.relative(), y.relative(), None)])
    box = cornered(x, y, _part(value, "width"), _part(value, "height"), relative=True)
    turned = value.get("rotation")
    angle = 0.0 if turned is None else turned.number(-360, 360)
    if not angle:
        return Detection(label=label, score=score, box=box)
    size = _size(said)
    if size is None:
        raise said.fault("it is turned, which needs original_width and original_height")
    corners = _turned((box.x, box.y, box.w, box.h), angle, size)
    return Detection(label=label, score=score, box=enclosing(corners), polygon=corners)


def _part(said: Payload, name: str) -> Payload:
    part = said.member(name)
    return part.instead(part.number(-_WHOLE, 2 * _WHOLE) / _WHOLE)


def _pair(said: Payload) -> Point:
    x, y = (item.instead(item.number() / _WHOLE).relative() for item in said.items(exactly=2))
    return x, y


def _turned(box: tuple[float, float, float, float], angle: float, size: Size) -> list[Point]:
    """Return the corners of a box that is turned clockwise about its left top corner."""
    x, y, w, h = box
    across, down = radians(angle), size.height / size.width
    made: list[Point] = []
    for right, low in ((0.0, 0.0), (w, 0.0), (w, h), (0.0, h)):
        made.append(
            (
                x + right * cos(across) - low * down * sin(across),
                y + right / down * sin(across) + low * cos(across),
            )
        )
    return made
