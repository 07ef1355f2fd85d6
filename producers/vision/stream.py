"""Stream: a device, a URL or a video file, read all the time so that a frame is never old."""

import time
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import Final

import cv2

from producers.vision.faults import Ended, Fault
from producers.vision.frames import Frame, in_colour
from producers.vision.source import Source

_PLAIN_RATE: Final = 25.0
"""Frames per second of a file that tells none."""
_FASTEST: Final = 240.0
_LATE: Final = 1.0
"""Seconds that a file may lag behind its own clock; a machine so slow does not catch up."""


class Stream:
    """Reads in a thread. What nobody asked for is dropped, mostly before it is converted.

    A file plays at its own speed, and begins again at its end if `loop`; anything else that
    ends has dropped, which is a Fault. `timeout` is in seconds, for what OpenCV can time.
    """

    def __init__(self, source: Source, *, loop: bool, timeout: float) -> None:
        self._source = source
        self._loop = loop
        self._milliseconds = max(1, int(timeout * 900))  # before the wall itself loses patience
        self._wanted = Event()
        self._found: SimpleQueue[Frame | Exception] = SimpleQueue()
        capture = self._open()
        Thread(target=self._read, args=(capture,), daemon=True).start()

    def newest(self) -> Frame:
        self._wanted.set()
        found = self._found.get()
        if isinstance(found, Exception):
            raise found
        return found

    def _open(self) -> cv2.VideoCapture:
        source = self._source
        if source.device is not None:
            capture = cv2.VideoCapture(source.device)
            why = f"camera {source} cannot be opened; is it there, and does nobody else use it?"
        elif source.is_url:
            limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, self._milliseconds]
            limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, self._milliseconds]
            capture = cv2.VideoCapture(str(source), cv2.CAP_FFMPEG, limits)
            why = f"{source.shown} cannot be opened"
        elif not Path(source).exists():
            raise Fault(f"there is no {source}; legal is a device, a URL, a file or a folder")
        else:
            capture = cv2.VideoCapture(str(source))
            why = f"{source} cannot be read as a video"
        if not capture.isOpened():
            raise Fault(why)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return capture

    def _read(self, capture: cv2.VideoCapture) -> None:
        try:
            while True:
                # A count is what only a whole file has.
                is_file = capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0
                frames = self._play(capture, self._rate(capture) if is_file else None)
                capture.release()
                if not is_file:
                    raise Fault(f"{self._source.shown} has dropped: no more frames come")
                if not frames:
                    raise Fault(f"{self._source.shown} holds no frame that can be read")
                if not self._loop:
                    raise Ended
                capture = self._open()
        except Exception as error:
            self._found.put(error)

    def _rate(self, capture: cv2.VideoCapture) -> float:
        rate = float(capture.get(cv2.CAP_PROP_FPS))
        return rate if 0 < rate <= _FASTEST else _PLAIN_RATE

    def _play(self, capture: cv2.VideoCapture, rate: float | None) -> int:
        """Read to the end; return how many frames there were. `rate`: of a file, else None."""
        frames, due = 0, time.monotonic()
        while capture.grab():
            frames += 1
            if rate is not None:
                due = max(due + 1 / rate, time.monotonic() - _LATE)
                time.sleep(max(0.0, due - time.monotonic()))
            if self._wanted.is_set():
                ok, image = capture.retrieve()
                if ok and image is not None:
                    self._wanted.clear()
                    self._found.put(Frame(in_colour(image)))
        return frames
