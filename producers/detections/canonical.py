"""Our own format: the canonical result as it is, or detections by themselves."""

from itertools import chain
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from producers import wording
from producers.detections.bounds import MOST_RESULTS
from producers.detections.boxes import TWO_READINGS
from producers.detections.fields import Box, Detection, Size, Tag
from producers.detections.format import Format, Reading, kind_of, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import MOST_PROBLEMS, Payload, Unreadable, shown, token
from producers.detections.unread import looks_like_geometry

_OF_A_DETECTION: Final = frozenset(Detection.model_fields)
_OWN: Final = frozenset(Result.model_fields)
_MARKS: Final = ("detections", "caption", "picture", "label")
_CLASS: Final = frozenset({"label", "score"})
_MODELS: Final[dict[str, type[BaseModel]]] = {
    "detections": Detection,
    "tags": Tag,
    "box": Box,
    "size": Size,
}


class Canonical(Format):
    """`{"label": "person", "score": 0.9}` is the whole of a result with one detection; `source`,
    `time` and the like may stand beside the label. A list of detections is one result, the surest
    first; a list of results is one each."""

    name = "eventwall"
    about = "Eventwall's own"
    takes_lists = True
    reads_all = True

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, list | tuple):
            if not payload:
                return "it is an empty list, which tells no picture"
            if all(isinstance(one, dict) and one.keys() == _CLASS for one in payload):
                return "it is a list of nothing but labels and scores: classes of a picture"
            why = self.why_not(payload[0])
            return why and f"of its first item: {why}"
        why = why_no_object_with(payload, *_MARKS, "tags")
        if why is not None or not isinstance(payload, dict):
            return why
        if "camera" in payload:
            return "it has a camera; here it is called source"
        tags = payload.get("tags")
        if isinstance(tags, list | tuple) and tags and not _has_label(tags[0]):
            return "its first tag has no label"
        if payload.keys().isdisjoint(_MARKS) and not tags and not payload.keys() <= _OWN:
            return "it has no tags, and members that are none of ours"
        seen = payload.get("detections")
        if isinstance(payload.get("label"), list | tuple | dict):
            return f"its label is {kind_of(payload['label'])}"
        if "label" in payload and seen is None:
            return _why_foreign(payload)
        first = seen[0] if isinstance(seen, list | tuple) and seen else None
        why = _why_foreign(first) if isinstance(first, dict) else None
        return why and f"of its first detection: {why}"

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        value = payload.value
        if isinstance(value, list | tuple):
            if value and all(_is_detection(one) for one in value):
                return [_result(payload, {"detections": value}, reading, steps=1, sort=True)]
            read = payload.each(lambda item: self.read(item, reading), MOST_RESULTS)
            return [*chain.from_iterable(read)]
        if not isinstance(value, dict):
            raise payload.fault("legal is an object")
        if "label" not in value or "detections" in value:
            return [_result(payload, value, reading)]
        beside = {name: said for name, said in value.items() if name not in _OF_A_DETECTION}
        one = {name: said for name, said in value.items() if name in _OF_A_DETECTION}
        return [_result(payload, beside | {"detections": [one]}, reading, steps=2)]


def _has_label(value: object) -> bool:
    return not isinstance(value, dict) or "label" in value


def _is_detection(value: object) -> bool:
    return isinstance(value, dict) and "label" in value and value.keys() <= _OF_A_DETECTION


def _why_foreign(thing: dict[str, Any]) -> str | None:
    """Return what another program would say of a detection, and we would not."""
    box = thing.get("box")
    if isinstance(box, list | tuple) or (isinstance(box, dict) and box and not _is_own(box)):
        return f"its box is {shown(box)}; here it is x, y, w and h"
    for name, value in thing.items():
        if name not in _OF_A_DETECTION and looks_like_geometry(str(name), value):
            return f"it has {name!r}; here a place is a box, a polygon or keypoints"
    return None


def _is_own(box: dict[str, Any]) -> bool:
    return not box.keys().isdisjoint(("w", "h")) or box.keys() <= set(Box.model_fields)


def _result(
    payload: Payload,
    value: dict[str, Any],
    reading: Reading,
    *,
    steps: int = 0,
    sort: bool = False,
) -> Result:
    """Return the result; the first `steps` of a fault's place are none of what was sent."""
    if reading.size is not None and value.get("size") is None:
        value = value | {"size": reading.size}
    if reading.box_space is not None and value.get("box_space") is None:
        value = value | {"box_space": reading.box_space}
    try:
        result = Result.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_url=False)[:MOST_PROBLEMS]
        problems = [_problem(fault, steps) for fault in faults]
        raise Unreadable([(payload.pointer + where, said) for where, said in problems]) from None
    if sort:
        ordered = sorted(result.detections, key=lambda seen: -(seen.score or 0.0))
        return result.model_copy(update={"detections": ordered})
    return result


def _problem(fault: ErrorDetails, steps: int) -> tuple[str, str]:
    where = [step for step in fault["loc"] if step != "[key]"]
    place = where[steps:] if where[:1] == ["detections"] else where
    pointer = "".join(token(step) for step in place)
    between = " in" if fault["type"] == "missing" else ", not"
    return pointer, f"{_said(fault, where)}{between} {shown(fault['input'])}"


def _said(fault: ErrorDetails, where: list[int | str]) -> str:
    """Return what is wrong, in words of ours where the library's would not help."""
    last = where[-1] if where else ""
    if fault["type"] == "extra_forbidden":
        names = [step for step in where[:-1] if isinstance(step, str)]
        model = _MODELS.get(names[-1], Result) if names else Result
        return f"nothing is called {last!r} here; legal are {', '.join(model.model_fields)}"
    if fault["type"] == "under_a_pixel":
        return 'a box of less than a pixel is none; of fractions, say "box_space": "relative"'
    if last == "box" and isinstance(fault["input"], list | tuple):
        return f"a box is an object with x, y, w and h, for {TWO_READINGS}"
    if last == "box" and fault["type"] in ("model_type", "dict_type"):
        return "a box is an object with x, y, w and h"
    return wording.said(fault)
