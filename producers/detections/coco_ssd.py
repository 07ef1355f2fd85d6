"""TensorFlow.js COCO-SSD: a list of `{bbox: [left, top, width, height], class, score}`, pixels."""

from typing import Final

from producers.detections.boxes import cornered
from producers.detections.fields import Detection
from producers.detections.format import Format, Reading, kind_of, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload

_MEMBERS: Final = frozenset({"bbox", "class", "score"})


class CocoSsd(Format):
    """Exactly these three members: with any more it is another program's, whose four numbers may
    be other ones."""

    name = "coco-ssd"
    about = "TensorFlow.js COCO-SSD, model.detect()"
    takes_lists = True

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, dict) and payload.keys() == {"predictions"}:
            payload = payload["predictions"]
        if not isinstance(payload, list | tuple):
            return f"it is {kind_of(payload)}, not a list"
        if not payload:
            return "it is an empty list, which tells no picture"
        first = payload[0]
        if (why := why_no_object_with(first)) is not None:
            return f"of its first item: {why}"
        if first.keys() != _MEMBERS:
            return "of its first item: it has other members than bbox, class and score"
        if not isinstance(first["class"], str):
            return f"of its first item: its class is {kind_of(first['class'])}, not a text"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        space = reading.space("px")

        def thing(said: Payload) -> Detection:
            return Detection(
                label=said.member("class").label(),
                score=said.member("score").score(),
                box=cornered(*said.member("bbox").items(exactly=4), relative=space == "relative"),
            )

        things = payload.member("predictions") if isinstance(payload.value, dict) else payload
        return [Result(detections=things.each(thing), box_space=space, size=reading.size)]
