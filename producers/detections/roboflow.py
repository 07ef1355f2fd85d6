"""Roboflow inference: boxes by their centre, in pixels of an image whose size it tells."""

from typing import Final

from producers.detections.bounds import MOST_KEYPOINTS, MOST_POINTS, MOST_RESULTS
from producers.detections.boxes import centred, outline, place
from producers.detections.fields import Detection, Keypoint, Point, Tag
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.unread import looks_like_geometry

_BOX: Final = ("x", "y", "width", "height")
_OWN: Final = frozenset({*_BOX, "points", "keypoints", "rle_mask", "mask"})


class Roboflow(Format):
    """Inference, or a workflow's outputs, in which predictions may stand under any name: those of
    one picture are one result. Masks in run lengths are not kept."""

    name = "roboflow"
    about = "Roboflow inference and workflows"
    only_space = "px"
    not_kept = frozenset({"rle_mask", "mask"})

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, dict) and isinstance(payload.get("outputs"), list):
            outputs = payload["outputs"]
            return None if any(map(_inner, outputs)) else "its outputs hold no predictions"
        if _inner(payload):
            return None
        if (why := why_no_object_with(payload, "predictions")) is not None:
            return why
        assert isinstance(payload, dict)
        predictions = payload["predictions"]
        if not predictions or isinstance(predictions, dict):
            return why_no_object_with(payload, "image")
        if not isinstance(predictions, list):
            return "its predictions are neither a list nor an object"
        for name in ("class", "confidence"):
            if (why := why_no_object_with(predictions[0], name)) is not None:
                return f"of its first prediction: {why}"
        first = predictions[0]
        for name, value in first.items():
            if name not in _OWN and looks_like_geometry(name, value):
                return f"of its first prediction: it has {name!r}, which this has not"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        outputs = payload.get("outputs")
        if outputs is not None and isinstance(outputs.value, list | tuple):
            return outputs.each(lambda one: _output(one, reading), MOST_RESULTS)
        return [_output(payload, reading)]


def _inner(value: object) -> list[str]:
    """Return the members of a workflow's output that are themselves predictions of an image."""
    if not isinstance(value, dict):
        return []
    return [
        name
        for name, held in value.items()
        if isinstance(held, dict) and "image" in held and "predictions" in held
    ]


def _output(said: Payload, reading: Reading) -> Result:
    names = _inner(said.value)
    if not names:
        return _picture(said, reading)
    results = [_picture(said.member(name), reading) for name in names]
    first, *others = results
    if any(other.size != first.size for other in others):
        raise said.fault("its predictions are of pictures of different sizes")
    seen = [one for result in results for one in result.detections]
    tags = [one for result in results for one in result.tags]
    return first.model_copy(update={"detections": seen, "tags": tags})


def _picture(payload: Payload, reading: Reading) -> Result:
    image, id_ = payload.get("image"), payload.get("inference_id")
    seen: list[Detection] = []
    tags: list[Tag] = []
    predictions = payload.member("predictions")
    if isinstance(predictions.value, dict):  # of several labels, each by its name
        for name in predictions.value:
            score = predictions.member(name).member("confidence").score()
            tags.append(Tag(label=Payload(name, predictions, name).label(), score=score))
    else:
        for one in predictions.each(_prediction):
            (seen if isinstance(one, Detection) else tags).append(one)  # type: ignore[arg-type]
    sized = image is not None and image.get("width") is not None
    return Result(
        detections=seen,
        tags=tags,
        box_space="px",
        size=image.size() if image is not None and sized else reading.size,
        id=None if id_ is None else id_.id(),
    )


def _prediction(said: Payload) -> Detection | Tag:
    label, score = said.member("class").label(), said.member("confidence").score()
    if said.get("x") is None and said.get("width") is None:
        return Tag(label=label, score=score)
    sides = [said.member(name) for name in _BOX]
    points, keypoints = said.get("points"), said.get("keypoints")
    found = [] if keypoints is None else keypoints.each(_keypoint, MOST_KEYPOINTS)
    return Detection(
        label=label,
        score=score,
        box=centred(*sides, relative=False),
        polygon=None if points is None else outline(points.each(_point, MOST_POINTS)),
        keypoints=[point for point, _ in found] or None,
        keypoint_names=[name for _, name in found] or None,
    )


def _point(said: Payload) -> Point:
    return place(said.member("x"), relative=False), place(said.member("y"), relative=False)


def _keypoint(said: Payload) -> tuple[Keypoint, str]:
    score = said.member("confidence").score()
    return (*_point(said), score), (said.get("class_name") or said.member("class")).label()
