"""Stills: a picture, or a folder of pictures one after the other, as a camera."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2

from producers.vision.faults import Ended, Fault
from producers.vision.frames import Frame, in_colour

SUFFIXES: Final = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


class Stills:
    """Each call of `newest` takes the next picture, by name; the folder is read anew each time
    round. What cannot be read as a picture is passed over."""

    def __init__(self, path: Path, *, loop: bool) -> None:
        self._path = path
        self._loop = loop
        self._shown: Iterator[Frame] = iter(())
        self._begun = False

    def newest(self) -> Frame:
        frame = next(self._shown, None)
        if frame is not None:
            return frame
        if self._begun and not self._loop:
            raise Ended
        self._begun = True
        self._shown = self._round()
        frame = next(self._shown, None)
        if frame is None:
            raise Fault(
                f"{self._path} holds no picture that can be read"
                f" (legal: {', '.join(sorted(SUFFIXES))})"
            )
        return frame

    def _round(self) -> Iterator[Frame]:
        for path in self._pictures():
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if image is not None:
                yield Frame(in_colour(image))

    def _pictures(self) -> list[Path]:
        if not self._path.is_dir():
            return [self._path] if self._path.exists() else []
        try:
            return sorted(p for p in self._path.iterdir() if p.suffix.lower() in SUFFIXES)
        except OSError as error:
            raise Fault(f"{self._path} cannot be read: {error.strerror}") from error
