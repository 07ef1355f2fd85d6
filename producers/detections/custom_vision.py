"""Azure Custom Vision, prediction v3: detection or classification; boxes are fractions."""

from producers.detections.boxes import cornered
from producers.detections.fields import Detection, Tag
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload


class CustomVision(Format):
    name = "custom-vision"
    about = "Azure Custom Vision, prediction v3"
    only_space = "relative"

    def why_not(self, payload: object) -> str | None:
        if not isinstance(payload, dict) or not isinstance(payload.get("predictions"), list):
            return why_no_object_with(payload, "predictions") or "its predictions are no list"
        first = next(iter(payload["predictions"]), None)
        if first is None:
            return why_no_object_with(payload, "project", "iteration")
        why = why_no_object_with(first, "tagName", "probability")
        return why and f"of its first prediction: {why}"

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        read = payload.member("predictions").each(_prediction)
        id_, created = payload.get("id"), payload.get("created")
        return [
            Result(
                detections=[one for one in read if isinstance(one, Detection)],
                tags=[one for one in read if isinstance(one, Tag)],
                id=None if id_ is None else id_.id(),
                time=None if created is None else created.time(),
                size=reading.size,
            )
        ]


def _prediction(said: Payload) -> Detection | Tag:
    label, score = said.member("tagName").label(), said.member("probability").score()
    box = said.get("boundingBox")
    if box is None:
        return Tag(label=label, score=score)
    sides = [box.member(name) for name in ("left", "top", "width", "height")]
    return Detection(label=label, score=score, box=cornered(*sides, relative=True))
