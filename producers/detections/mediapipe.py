"""MediaPipe: boxes in pixels by their origin and size, categories, keypoints in fractions."""

from producers.detections.bounds import MOST_KEYPOINTS
from producers.detections.boxes import cornered
from producers.detections.fields import Detection
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.spellings import first, members

_SIDES = ("originx", "originy", "width", "height")


class MediaPipe(Format):
    """The object and face detectors of its tasks, in JavaScript's or in Python's spelling. The
    keypoints of faces are in fractions, so they need the size of the picture."""

    name = "mediapipe"
    about = "MediaPipe tasks, object and face detector"

    def why_not(self, payload: object) -> str | None:
        if (why := why_no_object_with(payload, "detections")) is not None:
            return why
        assert isinstance(payload, dict)
        things = payload["detections"]
        if not isinstance(things, list | tuple) or not things:
            return "its detections are no list that holds one"
        if (why := why_no_object_with(things[0], "categories")) is not None:
            return f"of its first detection: {why}"
        if "boundingbox" not in members(things[0]):
            return "of its first detection: it has no boundingBox"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        space = reading.space("px")
        return [
            Result(
                detections=payload.member("detections").each(lambda one: _thing(one, reading)),
                box_space=space,
                size=reading.size or reading.shown,
            )
        ]


def _thing(said: Payload, reading: Reading) -> Detection:
    holder = first(said, ["boundingbox"])
    if holder is None:
        raise said.fault("'boundingBox' is missing")
    there = members(holder.value)
    sides = [holder.member(there.get(name, name)) for name in _SIDES]
    categories = said.member("categories").items()
    best = categories[0] if categories else None
    named = None if best is None else first(best, ["categoryname", "displayname"])
    score = None if best is None else best.get("score")
    marks = said.get("keypoints")
    return Detection(
        label="face" if named is None else named.label(),
        score=None if score is None else score.score(),
        box=cornered(*sides, relative=reading.space("px") == "relative"),
        keypoints=None if marks is None else _marks(marks, reading) or None,
    )


def _marks(said: Payload, reading: Reading) -> list[tuple[float, float, float | None]]:
    marks = said.items(MOST_KEYPOINTS)
    size = reading.size or reading.shown
    if marks and size is None and reading.box_space != "relative":
        raise said.fault("these are fractions; say the picture's size, as ?w=640&h=480")
    across, down = (size.width, size.height) if size and reading.box_space != "relative" else (1, 1)
    return [
        (one.member("x").relative() * across, one.member("y").relative() * down, None)
        for one in marks
    ]
