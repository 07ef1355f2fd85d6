"""DOODS: boxes by their edges in fractions of the picture, and how sure in percent."""

from producers.detections.boxes import spanned
from producers.detections.fields import Detection
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload

_EDGES = ("left", "top", "right", "bottom")


class Doods(Format):
    """Known by percentages: the same members with a confidence up to 1 are another program's."""

    name = "doods"
    about = "DOODS and DOODS2, /detect"
    only_space = "relative"

    def why_not(self, payload: object) -> str | None:
        if (why := why_no_object_with(payload, "detections")) is not None:
            return why
        assert isinstance(payload, dict)
        things = payload["detections"]
        if not isinstance(things, list | tuple) or not things:
            return "its detections are no list that holds one"
        first = things[0]
        for name in (*_EDGES, "label", "confidence"):
            if (why := why_no_object_with(first, name)) is not None:
                return f"of its first detection: {why}"
        assert isinstance(first, dict)
        sure = [one.get("confidence") for one in things if isinstance(one, dict)]
        if not any(isinstance(one, int | float) and one > 1 for one in sure):
            return "none of its confidences is a percentage"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        id_, error = payload.get("id"), payload.get("error")
        if error is not None and error.value:
            raise error.fault("the picture was not looked at")
        return [
            Result(
                detections=payload.member("detections").each(_thing),
                id=None if id_ is None or not id_.value else id_.id(),
                size=reading.size,
            )
        ]


def _thing(said: Payload) -> Detection:
    return Detection(
        label=said.member("label").label(),
        score=said.member("confidence").score(percent=True),
        box=spanned(*(said.member(name) for name in _EDGES), relative=True),
    )
