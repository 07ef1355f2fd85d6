"""Sniffing: which format a payload is in. By name where one is given, else by its shape."""

from itertools import chain
from typing import Final, NamedTuple

from pydantic import ValidationError

from producers.detections.azure_vision import AzureVision
from producers.detections.bounds import MOST_RESULTS
from producers.detections.canonical import Canonical
from producers.detections.coco import Coco
from producers.detections.custom_vision import CustomVision
from producers.detections.format import Format, Reading
from producers.detections.frigate import Frigate
from producers.detections.model import Result
from producers.detections.payload import Payload, Unreadable
from producers.detections.rekognition import Rekognition
from producers.detections.roboflow import Roboflow
from producers.detections.ultralytics import Ultralytics
from producers.detections.yolo_txt import YoloTxt

FORMATS: Final[tuple[Format, ...]] = (
    Canonical(),
    AzureVision(),
    CustomVision(),
    Ultralytics(),
    Coco(),
    Frigate(),
    Roboflow(),
    Rekognition(),
    YoloTxt(),
)


class Found(NamedTuple):
    """What a payload was taken to be, and what it tells: a result for each picture."""

    format: str
    results: list[Result]


def format_named(name: str) -> Format:
    """Return the format of that name; case and `_` for `-` do not matter. Raises ValueError."""
    wanted = name.lower().replace("_", "-")
    for known in FORMATS:
        if known.name == wanted:
            return known
    legal = ", ".join(known.name for known in FORMATS)
    raise ValueError(f"there is no format {name!r:.80}; legal are {legal}")


def find_format(payload: Payload) -> Format:
    """Return the one format that has the shape of `payload`; of a list, else of its first item.

    Raises Unreadable where none or several have it, with a line on each format.
    """
    value = payload.value
    reasons = [(known, known.why_not(value)) for known in FORMATS]
    fitting = [known for known, why in reasons if why is None]
    if len(fitting) == 1:
        return fitting[0]
    first = value[0] if isinstance(value, list | tuple) and value else None
    if not fitting and first is not None and not isinstance(first, list | tuple):
        return find_format(Payload(first, payload, 0))
    if fitting:
        said = f"this could be {' or '.join(known.name for known in fitting)}"
    else:
        said = f"this is none of {', '.join(known.name for known in FORMATS)}"
    said += "; name the format that it is in, as ?format=coco"
    lines = [f"{known.name}: {why or 'it could be'}" for known, why in reasons]
    raise Unreadable([(payload.pointer, line) for line in (said, *lines)])


def read(value: object, name: str | None, reading: Reading) -> Found:
    """Return what `value` tells in the format called `name`; None: by its shape.

    A list may hold several payloads, all in one format. Raises Unreadable, and ValueError where
    there is no such format.
    """
    payload = Payload(value)
    known = find_format(payload) if name is None else format_named(name)

    def read_one(one: Payload) -> list[Result]:
        try:
            return known.read(one, reading)
        except ValidationError as error:  # parts that are legal make a whole that is not
            said = [fault["msg"] for fault in error.errors(include_url=False)]
            raise Unreadable([(one.pointer, text) for text in said]) from None

    if known.takes_lists or not isinstance(value, list | tuple):
        return Found(known.name, read_one(payload))
    return Found(known.name, list(chain.from_iterable(payload.each(read_one, MOST_RESULTS))))
