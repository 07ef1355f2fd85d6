"""YOLO text: a line for each object, `class cx cy w h [confidence [track id]]`; fractions."""

import re
from typing import Final

from producers.detections.bounds import MOST_DETECTIONS, MOST_POINTS
from producers.detections.boxes import centred, enclosing
from producers.detections.fields import Detection
from producers.detections.format import Format, Reading, kind_of
from producers.detections.model import Result
from producers.detections.payload import MOST_PROBLEMS, Payload, Unreadable, shown

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_LEGAL: Final = (
    "legal is 'class cx cy w h', with a confidence and then a track id if they are known, "
    "or 'class x1 y1 x2 y2 x3 y3 x4 y4 …' for an outline"
)


class YoloTxt(Format):
    """Numbered classes: their names are asked for, for each model has numbers of its own."""

    name = "yolo-txt"
    about = "YOLO text files, as save_txt writes them"
    media_types = ("text/plain",)

    def why_not(self, payload: object) -> str | None:
        if not isinstance(payload, str):
            return f"it is {kind_of(payload)}, not a text"
        first = payload.split(maxsplit=1)[:1]
        if first and not _NUMBER.fullmatch(first[0]):
            return "it does not begin with a number"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        if not isinstance(payload.value, str):
            raise payload.fault("legal is a text")
        lines = [line.split() for line in payload.value.split("\n")]
        count = sum(map(bool, lines))
        if count > MOST_DETECTIONS:
            said = f"{count} lines are too many; legal are {MOST_DETECTIONS}"
            raise Unreadable([(payload.pointer, said)])
        seen: list[Detection] = []
        problems: list[str] = []
        for number, words in enumerate(lines, 1):
            try:
                if words:
                    seen.append(_line(words, reading))
            except Unreadable as error:
                problems += [f"line {number}: {said}" for _, said in error.problems]
        if problems:
            raise Unreadable([(payload.pointer, said) for said in problems[:MOST_PROBLEMS]])
        return [Result(detections=seen, size=reading.size)]


def _line(words: list[str], reading: Reading) -> Detection:
    if len(words) > 2 * MOST_POINTS:
        raise Unreadable([("", f"{len(words)} numbers are too many; legal are {2 * MOST_POINTS}")])
    numbers = [Payload(_number(word)) for word in words]
    label = reading.name_of(numbers[0].whole(0, 1_000_000), "class")
    count = len(numbers)
    if 5 <= count <= 7:
        return Detection(
            label=label,
            box=centred(*numbers[1:5], relative=True),
            score=numbers[5].score() if count > 5 else None,
            track_id=numbers[6].id() if count > 6 else None,
        )
    if count < 9:
        raise Unreadable([("", f"{count} numbers are none of the kinds of line; {_LEGAL}")])
    score = numbers.pop().score() if count % 2 == 0 else None
    places = [number.relative() for number in numbers[1:]]
    outline = list(zip(places[::2], places[1::2], strict=True))
    return Detection(label=label, score=score, box=enclosing(outline), polygon=outline)


def _number(word: str) -> float:
    if len(word) > 40 or not _NUMBER.fullmatch(word):
        raise Unreadable([("", f"{shown(word)} is no number; {_LEGAL}")])
    return float(word)
