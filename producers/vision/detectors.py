"""Detectors: those that OpenCV brings along, and how any other is found."""

import math
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias

import cv2
import cv2.data
import numpy as np

from producers.vision.frames import Image
from producers.vision.tracking import Followed

Detector: TypeAlias = Callable[[Image], Sequence[Mapping[str, Any]]]
"""Takes a picture and returns what is on it, as `{"label", "score", "box": {x, y, w, h}}`."""

_FACES: Final = "haarcascade_frontalface_default.xml"


class FaceDetector:
    """Faces that look at the camera, by OpenCV's Haar cascade.

    `smallest` is the least height of a face, as a fraction of the picture's. The score grows
    with the cascade's own weight; it is no probability.
    """

    def __init__(self, smallest: float = 0.1) -> None:
        self._smallest = smallest
        self._cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / _FACES))

    def __call__(self, image: Image) -> list[dict[str, Any]]:
        grey = cv2.equalizeHist(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        side = max(24, int(image.shape[0] * self._smallest))
        found = self._cascade.detectMultiScale3(
            grey, scaleFactor=1.15, minNeighbors=8, minSize=(side, side), outputRejectLevels=True
        )
        return [
            {"label": "face", "score": _sure(weight / 3), "box": _relative(box, image)}
            for box, weight in zip(found[0], found[2], strict=True)
        ]


class PeopleDetector:
    """People who stand or walk, by OpenCV's HOG and its default SVM.

    They have to be 128 pixels high at least. The score grows with the SVM's distance; it is no
    probability.
    """

    def __init__(self) -> None:
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector()))

    def __call__(self, image: Image) -> list[dict[str, Any]]:
        if image.shape[0] < 128 or image.shape[1] < 64:  # its window
            return []
        boxes, weights = self._hog.detectMultiScale(
            image, winStride=(8, 8), padding=(8, 8), scale=1.05
        )
        return [
            {"label": "person", "score": _sure(float(weight)), "box": _relative(box, image)}
            for box, weight in zip(boxes, weights, strict=True)
        ]


def make_detector(name: str, options: Mapping[str, Any]) -> Detector | None:
    """Return the detector of that name; None for "none".

    A dotted path leads to a function, which gets the options with each picture, or to a class,
    which gets them once and is then called. Raises whatever its module or its class raises.
    """
    if name == "none":
        return None
    if name in BUILT_IN:
        return Followed(BUILT_IN[name](**options))
    module, _, attribute = name.rpartition(".")
    found: Any = getattr(import_module(module), attribute)
    if isinstance(found, type):
        found, options = found(**options), {}
    if not callable(found):
        raise TypeError(f"it is {found!r:.80}, which cannot be called with a picture")
    return lambda image: found(image, **options)


BUILT_IN: Final[Mapping[str, Callable[..., Detector]]] = {
    "face": FaceDetector,
    "people": PeopleDetector,
}


def _relative(box: Sequence[int], image: Image) -> dict[str, float]:
    height, width = image.shape[:2]
    x, y, w, h = (int(side) for side in box)
    return {"x": x / width, "y": y / height, "w": w / width, "h": h / height}


def _sure(weight: float) -> float:
    return round(1 - math.exp(-max(0.0, weight)), 3)
