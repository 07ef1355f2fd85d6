"""COCO results: detections, each with its image's id; boxes in pixels."""

from typing import Final

from producers.detections.bounds import LARGEST_SIDE, MOST_KEYPOINTS, MOST_POINTS
from producers.detections.boxes import cornered, outline, place
from producers.detections.fields import Detection, Keypoint, Point, Size
from producers.detections.format import Format, Reading, kind_of, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload, Unreadable

_DATA_SET: Final = ("images", "annotations")
NO_RESULT: Final = (
    "this is a COCO data set (images, annotations, categories), no result of a detector; send the "
    "results: a list of {image_id, category_id, bbox, score}"
)


class Coco(Format):
    """Numbered categories: their names are asked for, for each data set has numbers of its own."""

    name = "coco"
    about = "COCO results, as pycocotools reads them"
    takes_lists = True
    not_kept = frozenset({"counts"})
    leaves_out = frozenset({"center"})  # of what was cut out for a pose

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, dict) and "image_id" not in payload:
            data_set = all(isinstance(payload.get(name), list) for name in _DATA_SET)
            return None if data_set else "it is an object without an image_id"
        if isinstance(payload, dict):
            payload = [payload]
        if not isinstance(payload, list | tuple):
            return f"it is {kind_of(payload)}, not a list"
        if not payload:
            return "it is an empty list, which tells no image"
        for name in ("image_id", "category_id"):
            if (why := why_no_object_with(payload[0], name)) is not None:
                return f"of its first item: {why}"
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        def row(said: Payload) -> tuple[str, Detection, Size | None]:
            image = said.member("image_id").id()
            return image, _detection(said, reading), _masked(said.get("segmentation"))

        if isinstance(payload.value, dict):
            if "image_id" not in payload.value:
                raise Unreadable([(payload.pointer, NO_RESULT)])
            payload = payload.alone()

        images: dict[str, list[Detection]] = {}
        sizes: dict[str, Size] = {}
        for image, seen, size in payload.each(row):
            images.setdefault(image, []).append(seen)
            if size is not None:
                sizes.setdefault(image, size)
        results = [
            Result(
                detections=seen,
                id=image,
                box_space=reading.space("px"),
                size=sizes.get(image, reading.size),
            )
            for image, seen in images.items()
        ]
        return results or [Result(size=reading.size)]


def _detection(said: Payload, reading: Reading) -> Detection:
    number, relative = said.member("category_id").whole(), reading.space("px") == "relative"
    score, box, keypoints = said.get("score"), said.get("bbox"), said.get("keypoints")
    return Detection(
        label=reading.name_of(number, "category"),
        score=None if score is None else score.score(),
        box=None if box is None else cornered(*box.items(exactly=4), relative=relative),
        polygon=_outline(said.get("segmentation"), relative),
        keypoints=None if keypoints is None else _keypoints(keypoints, relative),
    )


def _masked(said: Payload | None) -> Size | None:
    """Return the picture's size, which a mask in run lengths tells as [height, width]."""
    size = said.get("size") if said is not None and isinstance(said.value, dict) else None
    if size is None:
        return None
    height, width = (side.whole(1, LARGEST_SIDE) for side in size.items(exactly=2))
    return Size(width=width, height=height)


def _outline(said: Payload | None, relative: bool) -> list[Point] | None:
    """Return the longest of the polygons; a mask in run lengths is not drawn."""
    if said is None or isinstance(said.value, dict):
        return None
    polygons = said.each(lambda one: _polygon(one, relative))
    return outline(max(polygons, key=len, default=[]))


def _polygon(said: Payload, relative: bool) -> list[Point]:
    numbers = [place(item, relative=relative) for item in said.items(2 * MOST_POINTS)]
    if len(numbers) % 2:
        raise said.fault("legal is [x1, y1, x2, y2, x3, y3, …]")
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _keypoints(said: Payload, relative: bool) -> list[Keypoint]:
    numbers = said.items(3 * MOST_KEYPOINTS)
    if len(numbers) % 3:
        raise said.fault("legal is [x1, y1, v1, x2, y2, v2, …]")
    return [
        (
            place(x, relative=relative),
            place(y, relative=relative),
            min(v.number(0, 2), 1.0),  # 0: not labelled, 1: hidden, 2: visible; or how sure
        )
        for x, y, v in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    ]
