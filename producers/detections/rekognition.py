"""AWS Rekognition: labels, texts, moderation, protection, faces; fractions and percentages."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final

from producers.detections.bounds import MOST_KEYPOINTS, MOST_POINTS
from producers.detections.boxes import cornered, outline, place
from producers.detections.fields import Box, Detection, Keypoint, Point, Tag
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload

_Read = Callable[[Payload], Sequence[Detection | Tag]]


class Rekognition(Format):
    """Of a search for a face, the face on this picture is read, named after its best match."""

    name = "rekognition"
    about = "AWS Rekognition, DetectLabels and its like"
    only_space = "relative"
    leaves_out = frozenset({"SourceImageFace"})  # of another picture

    def why_not(self, payload: object) -> str | None:
        return why_no_object_with(payload, *_READERS, *_MATCHES)

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        if (why := self.why_not(payload.value)) is not None:
            raise payload.fault(why)
        found: list[Detection | Tag] = []
        for name, read in _READERS.items():
            if (part := payload.get(name)) is not None:
                found += chain.from_iterable(part.each(read))
        found += _matches(payload)
        return [
            Result(
                detections=[one for one in found if isinstance(one, Detection)],
                tags=[one for one in found if isinstance(one, Tag)],
                size=reading.size,
            )
        ]


def _label(said: Payload) -> Sequence[Detection | Tag]:
    """A label is a tag, unless it says where its instances are."""
    label, instances = said.member("Name").label(), said.get("Instances")
    if instances is None or not instances.items():
        return [Tag(label=label, score=_score(said))]

    def instance(item: Payload) -> Detection:
        return Detection(label=label, score=_score(item), box=_box(item))

    return instances.each(instance)


def _custom_label(said: Payload) -> Sequence[Detection | Tag]:
    label, geometry = said.member("Name").label(), said.get("Geometry")
    if geometry is None:
        return [Tag(label=label, score=_score(said))]
    return [_shaped(label, said, geometry)]


def _text(said: Payload) -> list[Detection]:
    return [_shaped(said.member("DetectedText").label(), said, said.member("Geometry"))]


def _moderation(said: Payload) -> list[Tag]:
    return [Tag(label=said.member("Name").label(), score=_score(said))]


def _face(said: Payload) -> list[Detection]:
    marks = said.get("Landmarks")
    return [
        Detection(
            label="face",
            score=_score(said),
            box=_box(said),
            keypoints=None if marks is None else marks.each(_keypoint, MOST_KEYPOINTS),
            keypoint_names=None
            if marks is None
            else marks.each(lambda mark: mark.member("Type").label(), MOST_KEYPOINTS),
        )
    ]


def _person(said: Payload) -> list[Detection]:
    """Return a person, and what protects parts of the body."""
    said.member("BoundingBox")
    found = [Detection(label="person", score=_score(said), box=_box(said))]
    for part in _listed(said, "BodyParts"):
        name = part.member("Name").label()
        found += [_equipment(item, name) for item in _listed(part, "EquipmentDetections")]
    return found


def _listed(said: Payload, name: str) -> list[Payload]:
    found = said.get(name)
    return [] if found is None else found.items()


def _equipment(said: Payload, body_part: str) -> Detection:
    covers = said.get("CoversBodyPart")
    told = None if covers is None else covers.get("Value")
    if told is not None and not isinstance(told.value, bool):
        raise told.fault("legal is true or false")
    return Detection(
        label=said.member("Type").label(),
        score=_score(said),
        box=_box(said),
        extra={"body_part": body_part} | ({} if told is None else {"covers": told.value}),
    )


def _shaped(label: str, said: Payload, geometry: Payload) -> Detection:
    polygon = geometry.get("Polygon")
    return Detection(
        label=label,
        score=_score(said),
        box=_box(geometry),
        polygon=None if polygon is None else outline(polygon.each(_point, MOST_POINTS)),
    )


def _score(said: Payload) -> float | None:
    score = said.get("Confidence")
    return None if score is None else score.score(percent=True)


def _box(said: Payload) -> Box | None:
    box = said.get("BoundingBox")
    return None if box is None else _sides(box)


def _sides(said: Payload) -> Box:
    sides = [said.member(name) for name in ("Left", "Top", "Width", "Height")]
    return cornered(*sides, relative=True)


def _point(said: Payload) -> Point:
    return place(said.member("X"), relative=True), place(said.member("Y"), relative=True)


def _keypoint(said: Payload) -> Keypoint:
    return (*_point(said), None)


def _celebrity(said: Payload) -> list[Detection]:
    score = said.member("MatchConfidence").score(percent=True)
    (face,) = _face(said.member("Face"))
    return [face.model_copy(update={"label": said.member("Name").label(), "score": score})]


def _record(said: Payload) -> list[Detection]:
    """Return an indexed face; its detail says the same once more."""
    detail, face = said.get("FaceDetail"), said.get("Face")
    if detail is None:
        return _face(said.member("Face"))
    if face is not None:
        face.get("BoundingBox")
    return _face(detail)


def _matches(payload: Payload) -> list[Detection]:
    """Return what comparing or searching faces found on the picture that was sent."""
    searched, matches = payload.get("SearchedFaceBoundingBox"), payload.get("FaceMatches")
    if searched is None:
        if matches is None or not matches.items():
            return []
        if payload.get("SourceImageFace") is None:
            raise payload.fault("'SearchedFaceBoundingBox' is missing: whose faces are these?")
        return matches.each(_compared)
    best = matches.items()[0] if matches is not None and matches.items() else None
    for match in [] if matches is None else matches.items():
        match.member("Face").get("BoundingBox")  # of the picture that it was indexed from
    label, sure = "face", payload.get("SearchedFaceConfidence")
    if best is not None:
        face, sure = best.member("Face"), best.get("Similarity")
        named = face.get("ExternalImageId") or face.get("UserId") or face.get("FaceId")
        label = label if named is None else named.label()
    score = None if sure is None else sure.score(percent=True)
    return [Detection(label=label, score=score, box=_sides(searched))]


def _compared(said: Payload) -> Detection:
    (face,) = _face(said.member("Face"))
    return face.model_copy(update={"score": said.member("Similarity").score(percent=True)})


_READERS: Final[dict[str, _Read]] = {
    "Labels": _label,
    "CustomLabels": _custom_label,
    "FaceDetails": _face,
    "TextDetections": _text,
    "ModerationLabels": _moderation,
    "Persons": _person,
    "CelebrityFaces": _celebrity,
    "UnrecognizedFaces": _face,
    "UnmatchedFaces": _face,
    "FaceRecords": _record,
    "UnindexedFaces": _record,
}
_MATCHES: Final = ("FaceMatches", "SearchedFaceBoundingBox")
