"""YOLO text: a line for each object, `class cx cy w h [confidence [track id]]`; fractions."""

from typing import Final

from producers.detections.bounds import MOST_DETECTIONS, MOST_POINTS
from producers.detections.boxes import centred, enclosing
from producers.detections.fields import Detection, Keypoint
from producers.detections.format import Format, Reading, kind_of
from producers.detections.model import Result
from producers.detections.payload import MOST_PROBLEMS, NUMBER, Payload, Unreadable, shown
from producers.detections.yolo_lines import readings

_LEGAL: Final = (
    "legal is 'class cx cy w h', for a pose with 'x y visibility' of each keypoint, or 'class x1 "
    "y1 x2 y2 x3 y3 x4 y4 …' for an outline; then a confidence and a track id if they are known"
)


class YoloTxt(Format):
    """Numbered classes: their names are asked for, for each model has numbers of its own."""

    name = "yolo-txt"
    about = "YOLO text files, as save_txt writes them"
    only_space = "relative"
    media_types = ("text/plain",)

    def why_not(self, payload: object) -> str | None:
        if not isinstance(payload, str):
            return f"it is {kind_of(payload)}, not a text"
        first = payload.split(maxsplit=1)[:1]
        if first and not NUMBER.fullmatch(first[0]):
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
        ids = _has_ids(lines)
        seen: list[Detection] = []
        problems: list[str] = []
        for number, words in enumerate(lines, 1):
            try:
                if words:
                    seen.append(_line(words, reading, ids))
            except Unreadable as error:
                problems += [f"line {number}: {said}" for _, said in error.problems]
        if problems:
            raise Unreadable([(payload.pointer, said) for said in problems[:MOST_PROBLEMS]])
        return [Result(detections=seen, size=reading.size)]


def _line(words: list[str], reading: Reading, ids: bool | None) -> Detection:
    if len(words) > 2 * MOST_POINTS:
        raise Unreadable([("", f"{len(words)} numbers are too many; legal are {2 * MOST_POINTS}")])
    numbers = [Payload(_number(word)) for word in words]
    label = reading.name_of(numbers[0].whole(0, 1_000_000), "class")
    said = numbers[1:]
    found = readings(words[1:], [number.number() for number in said])
    if ids is not None:
        found = [one for one in found if one.has_track == ids] or found
    if not found:
        raise Unreadable([("", f"{len(words)} numbers are none of the kinds of line; {_LEGAL}")])
    if len(found) > 1:
        two = f"this can be read in two ways, as {found[0]}, or as {found[1]}"
        if found[0].length == found[1].length:
            two += "; with both behind it, as save_conf=True writes them, nothing is open"
        raise Unreadable([("", two)])
    (line,) = found
    rest = said[line.length :]
    score = rest[0].score() if line.has_score else None
    track = rest[-1].id() if line.has_track else None
    if line.kind == "outline":
        places = [number.relative() for number in said[: line.length]]
        outline = list(zip(places[::2], places[1::2], strict=True))
        box = enclosing(outline)
        return Detection(label=label, score=score, box=box, track_id=track, polygon=outline)
    return Detection(
        label=label,
        box=centred(*said[:4], relative=True),
        score=score,
        track_id=track,
        keypoints=_keypoints(said[4 : line.length]) or None,
    )


def _keypoints(said: list[Payload]) -> list[Keypoint]:
    return [
        (x.relative(), y.relative(), min(seen.number(0, 2), 1.0))
        for x, y, seen in zip(said[::3], said[1::3], said[2::3], strict=True)
    ]


def _has_ids(lines: list[list[str]]) -> bool | None:
    """Return whether the last numbers of lines of one length are track ids; None: nobody can know.

    A 1 alone may be a sure confidence. Beside a 2 it is an id, and beside 0.9 a confidence.
    """
    last = [words[-1] for words in lines if words]
    if len({len(words) for words in lines if words}) != 1:
        return None
    if all(word.isdecimal() for word in last):
        return True if any(int(word) > 1 for word in last if len(word) < 16) else None
    return False


def _number(word: str) -> float:
    if len(word) > 40 or not NUMBER.fullmatch(word):
        raise Unreadable([("", f"{shown(word)} is no number; {_LEGAL}")])
    return float(word)
