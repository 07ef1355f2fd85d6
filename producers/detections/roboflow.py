"""Roboflow inference: boxes by their centre, in pixels of an image whose size it tells."""

from producers.detections.bounds import MOST_KEYPOINTS, MOST_POINTS
from producers.detections.boxes import centred, outline, place
from producers.detections.fields import Detection, Keypoint, Point, Tag
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload


class Roboflow(Format):
    name = "roboflow"
    about = "Roboflow inference"

    def why_not(self, payload: object) -> str | None:
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
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
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
        return [
            Result(
                detections=seen,
                tags=tags,
                box_space="px",
                size=reading.size if image is None else image.size(),
                id=None if id_ is None else id_.id(),
            )
        ]


def _prediction(said: Payload) -> Detection | Tag:
    label, score = said.member("class").label(), said.member("confidence").score()
    if said.get("x") is None and said.get("width") is None:
        return Tag(label=label, score=score)
    sides = [said.member(name) for name in ("x", "y", "width", "height")]
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
    return (*_point(said), score), said.member("class_name").label()
