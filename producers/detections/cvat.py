"""CVAT: shapes of its annotations or of its serverless functions, points in one list, pixels."""

from typing import Final

from producers.detections.bounds import MOST_POINTS
from producers.detections.boxes import enclosing, outline, place
from producers.detections.fields import Detection, Point
from producers.detections.format import Format, Reading, kind_of, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.spellings import label_of, score_of

_KINDS: Final = ("rectangle", "polygon", "points")


class Cvat(Format):
    """What a function returns is a list of shapes; annotations hold it as `shapes`. A rectangle
    is [left, top, right, bottom]. Tracks tell of many pictures, and are refused."""

    name = "cvat"
    about = "CVAT annotations and serverless functions"
    takes_lists = True

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, dict):
            if "imageWidth" in payload:
                return "it has an imageWidth, which this has not"
            payload = payload.get("shapes")
        if not isinstance(payload, list | tuple):
            return f"it is {kind_of(payload)}, not a list of shapes"
        if not payload:
            return "it is an empty list, which tells no picture"
        for name in ("type", "points"):
            if (why := why_no_object_with(payload[0], name)) is not None:
                return f"of its first item: {why}"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        shapes = payload.member("shapes") if isinstance(payload.value, dict) else payload
        return [
            Result(
                detections=shapes.each(lambda one: _shape(one, reading)),
                box_space=reading.space("px"),
                size=reading.size,
            )
        ]


def _shape(said: Payload, reading: Reading) -> Detection:
    relative = reading.space("px") == "relative"
    turned = said.get("rotation")
    if turned is not None and turned.number():
        raise turned.fault("a turned shape is not read")
    places = [
        place(item.plain(), relative=relative)
        for item in said.member("points").items(2 * MOST_POINTS)
    ]
    kind = said.member("type")
    fits = {"rectangle": len(places) == 4, "polygon": len(places) >= 6, "points": bool(places)}
    if len(places) % 2 or not fits.get(str(kind.value), False):
        raise kind.fault(f"of {len(places)} numbers, legal are {', '.join(_KINDS)}")
    points: list[Point] = list(zip(places[::2], places[1::2], strict=True))
    polygon = outline(points) if kind.value == "polygon" else None
    return Detection(
        label=label_of(said, reading),
        score=score_of(said),
        box=None if kind.value == "points" else enclosing(points),
        polygon=polygon,
        keypoints=[(x, y, None) for x, y in points] if kind.value == "points" else None,
    )
