"""Parallel lists: boxes, labels and scores each in a list of their own, as models return them."""

from typing import Final, NamedTuple

from producers.detections.bounds import MOST_DETECTIONS, MOST_RESULTS
from producers.detections.boxes import TWO_READINGS
from producers.detections.fields import Detection
from producers.detections.format import Boxes, Format, Reading, kind_of, pictures
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.spaces import Space, space_of
from producers.detections.spellings import Sides, members

_SCORES: Final = (
    *("scores", "score", "confidences", "confidence", "conf", "probs", "detectionscores"),
)
_LABELS: Final = (
    *(
        "classname",
        "classnames",
        "labelnames",
        "textlabels",
        "displaynames",
        "detectionclassentities",
        "names",
    ),
    *("labels", "label", "classes", "classids", "classid", "cls", "predclasses"),
    *("detectionclasses",),
)
_TRACKS: Final = ("trackids", "trackerids", "trackerid", "trackid")


class _Order(NamedTuple):
    """Which four numbers the boxes of a name are: `order` picks them out for `boxes`."""

    boxes: Boxes | None
    order: tuple[int, int, int, int] = (0, 1, 2, 3)
    space: Space | None = None


_BOXES: Final[dict[str, _Order]] = {
    "xyxy": _Order("xyxy"),
    "xyxyn": _Order("xyxy", space="relative"),
    "boxesxyxy": _Order("xyxy"),
    "predboxes": _Order("xyxy"),
    "detectionboxes": _Order("xyxy", (1, 0, 3, 2), "relative"),  # TensorFlow: y first
    "boxes": _Order(None),
    "bboxes": _Order(None),
}
_AUTOML: Final = _Order("xyxy", (0, 2, 1, 3), "relative")
"""Google's AutoML and Vertex AI: [left, right, top, bottom]."""


class ParallelLists(Format):
    """Raw results of torchvision, Hugging Face, Detectron2, MMDetection, supervision, TensorFlow's
    object detection and Vertex AI. Numbered classes are named by the option `categories`."""

    name = "parallel-lists"
    about = "boxes, labels and scores in lists: torchvision, Detectron2, MMDetection, TensorFlow"
    takes_lists = True
    general = True
    not_kept = frozenset({"masks", "detection_masks", "raw_detection_boxes"})

    def why_not(self, payload: object) -> str | None:
        value = payload
        if isinstance(value, list | tuple) and value:
            value = value[0]
        if not isinstance(value, dict):
            return f"it is {kind_of(payload)} without an object of lists"
        value = _inner(value)
        there = members(value)
        found = next((there[name] for name in _BOXES if name in there), None)
        if found is None:
            return "it has no list of boxes, such as boxes, bboxes, xyxy or detection_boxes"
        boxes = value[found]
        if not isinstance(boxes, list | tuple):
            return f"its {found} are {kind_of(boxes)}, not a list"
        if boxes and not isinstance(boxes[0], list | tuple):
            return f"its {found} hold {kind_of(boxes[0])}, not lists of four numbers"
        if not any(name in there for name in (*_LABELS, *_SCORES)) and "data" not in there:
            return f"it has {found}, but no list of labels or scores"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        items = (
            payload.items(MOST_RESULTS) if isinstance(payload.value, list | tuple) else [payload]
        )
        return [
            _picture(one, reading)
            for item in items
            for whole in _wholes(item)
            for one in _of_each_picture(whole)
        ]


def _inner(value: dict[str, object]) -> dict[str, object]:
    """Return the object that holds the lists: it, or what its only wrapping holds."""
    predictions = value.get("predictions")
    if isinstance(predictions, list | tuple) and predictions and isinstance(predictions[0], dict):
        return predictions[0]
    if len(value) == 1:
        (only,) = value.values()
        if isinstance(only, dict):
            return only
    return value


def _wholes(said: Payload) -> list[Payload]:
    if not isinstance(said.value, dict) or _inner(said.value) is said.value:
        return [said]
    (name, *_) = [name for name in said.value if name == "predictions"] or said.value
    held = said.member(name)
    return held.items(MOST_RESULTS) if isinstance(held.value, list | tuple) else [held]


def _of_each_picture(said: Payload) -> list[Payload]:
    """Return the lists of each picture.

    TensorFlow Hub has one list more around each: of several pictures, mostly of one.
    """
    name = members(said.value).get("detectionboxes")
    boxes = None if name is None else said.member(name)
    if boxes is None or not _holds_boxes(boxes.value):
        return pictures(said, MOST_RESULTS)
    assert isinstance(said.value, dict)
    count = len(boxes.items(MOST_RESULTS))
    columns = {
        name: said.member(name).items(exactly=count)
        for name, column in said.value.items()
        if isinstance(column, list | tuple) and name not in ParallelLists.not_kept
    }
    return [
        said.instead({name: column[index].value for name, column in columns.items()})
        for index in range(count)
    ]


def _holds_boxes(value: object) -> bool:
    """Whether each item is a list of boxes, and no box."""
    for _ in range(2):
        value = value[0] if isinstance(value, list | tuple) and value else None
    return isinstance(value, list | tuple)


def _picture(said: Payload, reading: Reading) -> Result:
    if not isinstance(said.value, dict):
        raise said.fault("legal is an object of lists")
    there = members(said.value)
    name = next((name for name in _BOXES if name in there), None)
    if name is None:
        raise said.fault("it has no list of boxes, such as boxes, bboxes, xyxy or detection_boxes")
    boxes = said.member(there[name]).items()
    count = _count(said, there, len(boxes))
    order = _order(said, name, there, reading)
    sides = [_sides(box, order) for box in boxes[:count]]
    space = space_of(
        said,
        [number.value for one in sides for number in one.said],
        order.space or reading.box_space,
    )
    labels, scores = _column(said, _LABELS, len(boxes)), _column(said, _SCORES, len(boxes))
    tracks = _column(said, _TRACKS, len(boxes))
    seen = [
        Detection(
            label=_label(labels[index], reading) if labels else "object",
            score=scores[index].score() if scores else None,
            box=one.box(space == "relative"),
            track_id=tracks[index].id() if tracks and tracks[index].value is not None else None,
        )
        for index, one in enumerate(sides)
    ]
    return Result(detections=seen, box_space=space, size=reading.size)


def _order(said: Payload, name: str, there: dict[str, str], reading: Reading) -> _Order:
    order = _BOXES[name]
    if "displaynames" in there and name == "bboxes":
        return _AUTOML
    if order.boxes is not None:
        return order
    if reading.boxes is not None:
        return order._replace(boxes=reading.boxes)
    # torchvision and Hugging Face say boxes, labels, scores; MMDetection and Florence-2 bboxes.
    labelled = "labels" in there or "textlabels" in there
    if labelled and ("scores" in there or name == "bboxes"):
        return order._replace(boxes="xyxy")
    raise said.member(there[name]).fault(TWO_READINGS)


def _count(said: Payload, there: dict[str, str], count: int) -> int:
    """Return how many there are: TensorFlow pads its lists, and tells the number beside them."""
    found = there.get("numdetections")
    if found is None:
        return count
    told = said.member(found)
    if isinstance(told.value, list | tuple):
        (told,) = told.items(exactly=1)
    return told.whole(0, count)


def _column(said: Payload, names: tuple[str, ...], count: int) -> list[Payload] | None:
    """Return the list of one of these names; of supervision, also from within its `data`."""
    wholes = [said]
    if isinstance(said.value, dict) and isinstance(said.value.get("data"), dict):
        wholes.insert(0, said.member("data"))
    for whole in wholes:
        there = members(whole.value)
        for name in names:
            column = whole.member(there[name]) if name in there else None
            if column is not None and isinstance(column.value, list | tuple):
                return column.items(MOST_DETECTIONS, exactly=count)
    return None


def _sides(said: Payload, order: _Order) -> Sides:
    items = said.items(exactly=4)
    assert order.boxes is not None
    return Sides([items[index] for index in order.order], order.boxes)


def _label(said: Payload, reading: Reading) -> str:
    if isinstance(said.value, str):
        return said.label()
    return reading.name_of(said.whole(), "class")
