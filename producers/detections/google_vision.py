"""Google Cloud Vision: objects, faces, texts, logos, landmarks, labels; polygons of corners."""

from typing import Final

from producers.detections.bounds import MOST_KEYPOINTS, MOST_POINTS, MOST_RESULTS
from producers.detections.boxes import enclosing, outline, place
from producers.detections.coordinates import from_pixels
from producers.detections.fields import Detection, Keypoint, Point, Size, Tag
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.spellings import first, plain

_THINGS: Final = (
    *("localizedobjectannotations", "faceannotations", "logoannotations", "landmarkannotations"),
    "textannotations",
)
_PARTS: Final = frozenset({*_THINGS, "labelannotations"})
_KNOWN: Final = "localizedObjectAnnotations, faceAnnotations, textAnnotations, labelAnnotations"


class GoogleVision(Format):
    """A response, or `{"responses": […]}` with one for each picture. Absent coordinates are 0, as
    its JSON leaves zeros out. Objects are in fractions, all else is in pixels: where both come in
    one response, the picture's size is needed."""

    name = "google-vision"
    about = "Google Cloud Vision, images:annotate"
    leaves_out = frozenset(
        {"fullTextAnnotation", "full_text_annotation", "cropHintsAnnotation", "fdBoundingPoly"}
        | {"crop_hints_annotation", "fd_bounding_poly"}
    )

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, dict) and isinstance(payload.get("responses"), list):
            found = [self.why_not(one) for one in payload["responses"][:1] if one != {}]
            return f"of its first response: {found[0]}" if found and found[0] else None
        if (why := why_no_object_with(payload)) is not None:
            return why
        assert isinstance(payload, dict)
        if any(plain(name) in _PARTS for name in payload):
            return None
        return f"it has none of {_KNOWN}"

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        responses = payload.get("responses")
        if responses is None:
            return [_response(payload, reading)]
        return responses.each(lambda one: _response(one, reading), MOST_RESULTS)


def _response(said: Payload, reading: Reading) -> Result:
    if (error := said.get("error")) is not None:
        raise error.fault("the picture was not annotated")
    if all(first(said, [name]) is None for name in _PARTS) and said.value != {}:
        raise said.fault(f"it has none of {_KNOWN}")
    size = reading.size or _page(said) or reading.shown
    fractions: list[Detection] = []
    pixels: list[Detection] = []
    for name in _THINGS:
        for one in _things(said, name):
            detection, relative = _thing(one, "face" if name == "faceannotations" else None)
            (fractions if relative else pixels).append(detection)
    if fractions and pixels:
        if size is None:
            raise said.fault("it has fractions and pixels; say the picture's size, as ?w=640&h=480")
        fractions += from_pixels(pixels, size)
    labels = first(said, ["labelannotations"])
    return Result(
        detections=fractions or pixels,
        tags=[] if labels is None else labels.each(_tag),
        box_space="px" if pixels and not fractions else "relative",
        size=size,
    )


def _things(said: Payload, name: str) -> list[Payload]:
    part = first(said, [name])
    things = [] if part is None else part.items()
    if name != "textannotations" or len(things) < 2:
        return things
    _thing(things[0], None)  # the first of several is all the others together
    return things[1:]


def _thing(said: Payload, label: str | None) -> tuple[Detection, bool]:
    """Return what was found, and whether it is in fractions of the picture."""
    shape = first(said, ["boundingpoly"])
    if shape is None:
        raise said.fault("'boundingPoly' is missing")
    vertices = first(shape, ["normalizedvertices"])
    relative = vertices is not None and bool(vertices.items(MOST_POINTS))
    if not relative:
        vertices = first(shape, ["vertices"])
    corners = [] if vertices is None else _corners(vertices, relative)
    if not corners:
        raise shape.fault("it has neither vertices nor normalizedVertices")
    score = first(said, ["score", "detectionconfidence"])
    marks = first(said, ["landmarks"]) if label == "face" else None
    named = first(said, ["name", "description"])
    if label is None:
        label = said.member("description").label() if named is None else named.label()
    return Detection(
        label=label,
        score=None if score is None else score.score(),
        box=enclosing(corners),
        polygon=outline(corners),
        keypoints=None if marks is None else marks.each(_mark, MOST_KEYPOINTS),
    ), relative


def _corners(said: Payload, relative: bool) -> list[Point]:
    return said.each(lambda corner: _point(corner, relative), MOST_POINTS)


def _point(said: Payload, relative: bool) -> Point:
    x, y = said.get("x"), said.get("y")
    return (
        0.0 if x is None else place(x, relative=relative),
        0.0 if y is None else place(y, relative=relative),
    )


def _mark(said: Payload) -> Keypoint:
    return (*_point(said.member("position"), relative=False), None)


def _tag(said: Payload) -> Tag:
    score = first(said, ["score"])
    return Tag(
        label=said.member("description").label(), score=None if score is None else score.score()
    )


def _page(said: Payload) -> Size | None:
    """Return the picture's size, which only texts come with."""
    text = first(said, ["fulltextannotation"])
    pages = None if text is None else text.get("pages")
    if pages is None or len(pages.items()) != 1:
        return None
    (page,) = pages.items()
    return page.size() if page.get("width") and page.get("height") else None
