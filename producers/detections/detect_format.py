"""Sniffing: which format a payload is in. By name where one is given, else by its shape."""

from collections.abc import Sequence
from itertools import chain
from typing import Final, NamedTuple

from pydantic import ValidationError

from producers.detections.azure_vision import AzureVision
from producers.detections.azure_vision_3 import AzureVision3
from producers.detections.bounds import MOST_RESULTS
from producers.detections.canonical import Canonical
from producers.detections.coco import Coco
from producers.detections.coco_ssd import CocoSsd
from producers.detections.corners import Corners
from producers.detections.custom_vision import CustomVision
from producers.detections.cvat import Cvat
from producers.detections.doods import Doods
from producers.detections.format import Format, Reading
from producers.detections.frigate import Frigate
from producers.detections.gemini import Gemini
from producers.detections.google_vision import GoogleVision
from producers.detections.huggingface import HuggingFace
from producers.detections.label_studio import LabelStudio
from producers.detections.labelme import LabelMe
from producers.detections.mediapipe import MediaPipe
from producers.detections.model import Result
from producers.detections.parallel_lists import ParallelLists
from producers.detections.payload import Payload, Unreadable
from producers.detections.rekognition import Rekognition
from producers.detections.roboflow import Roboflow
from producers.detections.tables import rows_of
from producers.detections.ultralytics import Ultralytics
from producers.detections.unread import left_out
from producers.detections.yolo_txt import YoloTxt

FORMATS: Final[tuple[Format, ...]] = (
    Canonical(),
    AzureVision(),
    AzureVision3(),
    CustomVision(),
    Ultralytics(),
    Coco(),
    CocoSsd(),
    Frigate(),
    Roboflow(),
    Rekognition(),
    GoogleVision(),
    HuggingFace(),
    Gemini(),
    MediaPipe(),
    LabelStudio(),
    LabelMe(),
    Cvat(),
    Doods(),
    YoloTxt(),
    Corners(),
    ParallelLists(),
)


class Found(NamedTuple):
    """What a payload was taken to be, and what it tells: a result for each picture."""

    format: str
    results: list[Result]
    left_out: Sequence[str] = ()
    """Pointers to what says where a thing is in a way that is not kept."""


def format_named(name: str) -> Format:
    """Return the format of that name; case and `_` for `-` do not matter. Raises ValueError."""
    wanted = name.lower().replace("_", "-")
    for known in FORMATS:
        if known.name == wanted:
            return known
    legal = ", ".join(known.name for known in FORMATS)
    raise ValueError(f"there is no format {name!r:.80}; legal are {legal}")


def find_format(payload: Payload, reading: Reading | None = None) -> Format:
    """Return the one format that has the shape of `payload`; of a list, else of its first item.

    General formats are asked where no other has it. Raises Unreadable where none or several have
    it, with a line on each format; those that would be read are named.
    """
    value = payload.value
    reasons = {known: known.why_not(value) for known in FORMATS}
    for general in (False, True):
        fitting = [
            known for known in FORMATS if known.general == general and reasons[known] is None
        ]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise _refused(payload, fitting, reasons, reading or Reading())
    first = value[0] if isinstance(value, list | tuple) and value else None
    if first is not None and not isinstance(first, list | tuple):
        return find_format(Payload(first, payload, 0), reading)
    raise _refused(payload, [], reasons, reading or Reading())


def read(value: object, name: str | None, reading: Reading) -> Found:
    """Return what `value` tells in the format called `name`; None: by its shape.

    A list may hold several payloads, all in one format. A data frame is read as its rows. Raises
    Unreadable, and ValueError where there is no such format.
    """
    if (rows := rows_of(value)) is not None:
        try:
            return read(rows, name, reading)._replace(left_out=())
        except Unreadable as error:
            told = [f"{at}: {said}" if at else said for at, said in error.problems]
            raise Unreadable([("", f"in its rows, {said}") for said in told]) from None
    payload = Payload(value)
    known = find_format(payload, reading) if name is None else format_named(name)
    return _read_as(known, payload, reading)


def _read_as(known: Format, payload: Payload, reading: Reading) -> Found:
    """Return what `payload` tells in this format. Raises Unreadable, also where it would drop
    what looks like a place on the picture."""
    told = reading.box_space
    if told and known.only_space and told != known.only_space:
        said = f"box_space is {told!r}, but in {known.name} it is always {known.only_space!r}"
        raise Unreadable([(payload.pointer, said)])

    def read_one(one: Payload) -> list[Result]:
        try:
            return known.read(one, reading)
        except ValidationError as error:  # parts that are legal make a whole that is not
            said = [fault["msg"] for fault in error.errors(include_url=False)]
            raise Unreadable([(one.pointer, text) for text in said]) from None

    if known.takes_lists or not isinstance(payload.value, list | tuple):
        results = read_one(payload)
    else:
        results = list(chain.from_iterable(payload.each(read_one, MOST_RESULTS)))
    if known.reads_all:
        return Found(known.name, results)
    return Found(known.name, results, left_out(payload, known.leaves_out, known.not_kept))


def _refused(
    payload: Payload, fitting: list[Format], reasons: dict[Format, str | None], reading: Reading
) -> Unreadable:
    """Return the refusal of what no format has the shape of, or several have."""
    faults = {known: _why_unread(known, payload, reading) for known in FORMATS}
    read = [known.name for known in fitting or FORMATS if faults[known] is None]
    if fitting:
        said = f"this could be {' or '.join(known.name for known in fitting)}"
    else:
        said = f"this is none of {', '.join(known.name for known in FORMATS)}"
    if read:
        said += f"; name the format that it is in, as {' or '.join(f'?format={n}' for n in read)}"
    lines = [f"{known.name}: {reasons[known] or _could(faults[known])}" for known in FORMATS]
    return Unreadable([(payload.pointer, line) for line in (said, *lines)])


def _could(fault: str | None) -> str:
    return "it could be" if fault is None else f"it could be, but {fault}"


def _why_unread(known: Format, payload: Payload, reading: Reading) -> str | None:
    """Return the first thing that keeps a format from reading `payload`; None: nothing."""
    try:
        _read_as(known, Payload(payload.value), reading)
    except Unreadable as error:
        where, said = error.problems[0]
        return f"{where}: {said}" if where else said
    return None
