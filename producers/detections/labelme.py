"""LabelMe: rectangles by two opposite corners, polygons and points, in pixels."""

from producers.detections.bounds import MOST_POINTS
from producers.detections.boxes import enclosing, outline, place
from producers.detections.fields import Detection, Point, Size
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload


class LabelMe(Format):
    """Its file as it is. The corners of a rectangle come in the order in which they were drawn."""

    name = "labelme"
    about = "LabelMe JSON files"

    def why_not(self, payload: object) -> str | None:
        for name in ("shapes", "imageWidth"):
            if (why := why_no_object_with(payload, name)) is not None:
                return why
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        relative = reading.space("px") == "relative"
        size: Size | None = payload.size("imageWidth", "imageHeight")
        return [
            Result(
                detections=payload.member("shapes").each(lambda one: _shape(one, relative)),
                box_space=reading.space("px"),
                size=size,
            )
        ]


def _shape(said: Payload, relative: bool) -> Detection:
    def point(one: Payload) -> Point:
        x, y = (place(item, relative=relative) for item in one.items(exactly=2))
        return x, y

    label, kind = said.member("label").label(), said.member("shape_type")
    points = said.member("points").each(point, MOST_POINTS)
    if kind.value == "point" and len(points) == 1:
        return Detection(label=label, keypoints=[(*points[0], None)])
    if kind.value == "polygon" and len(points) >= 3:
        return Detection(label=label, box=enclosing(points), polygon=outline(points))
    if kind.value == "rectangle" and len(points) in (2, 4):
        return Detection(label=label, box=enclosing(points))
    raise kind.fault(f"of {len(points)} points, legal are rectangle (2), polygon and point (1)")
