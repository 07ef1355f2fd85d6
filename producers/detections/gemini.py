"""Gemini: `box_2d` as [top, left, bottom, right], and `point` as [y, x], in thousandths."""

from typing import Final

from producers.detections.boxes import spanned
from producers.detections.fields import Box, Detection, Keypoint
from producers.detections.format import Format, Reading, kind_of, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.spellings import label_of, score_of

_WHOLE: Final = 1_000


class Gemini(Format):
    """As its documentation asks for: a list, or one thing alone. Vertical comes first."""

    name = "gemini"
    about = "Gemini, box_2d and point"
    takes_lists = True
    only_space = "relative"

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, list | tuple):
            if not payload:
                return "it is an empty list, which tells no picture"
            why = why_no_object_with(payload[0], "box_2d", "point")
            return why and f"of its first item: {why}"
        if not isinstance(payload, dict):
            return f"it is {kind_of(payload)}, neither a list nor an object"
        return why_no_object_with(payload, "box_2d", "point")

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        def thing(said: Payload) -> Detection:
            box, point = said.get("box_2d"), said.get("point")
            if box is None and point is None:
                raise said.fault("it has neither box_2d nor point")
            return Detection(
                label=label_of(said, reading),
                score=score_of(said),
                box=None if box is None else _box(box),
                keypoints=None if point is None else [_point(point)],
            )

        seen = [thing(payload)] if isinstance(payload.value, dict) else payload.each(thing)
        return [Result(detections=seen, size=reading.size)]


def _box(said: Payload) -> Box:
    top, left, bottom, right = (_fraction(item) for item in said.items(exactly=4))
    return spanned(left, top, right, bottom, relative=True)


def _point(said: Payload) -> Keypoint:
    y, x = (_fraction(item) for item in said.items(exactly=2))
    return x.relative(), y.relative(), None


def _fraction(said: Payload) -> Payload:
    number = said.number()
    if not 0 <= number <= _WHOLE:
        raise said.fault("this is in thousandths of the picture, 0 to 1000 (are these pixels?)")
    return said.instead(number / _WHOLE)
