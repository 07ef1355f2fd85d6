"""Child: the camera's own process. Reads pictures and runs the detector; may crash or hang."""

import ctypes
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Event, Semaphore, Thread
from typing import Any, Final

import cv2

from producers.vision.detectors import Detector, make_detector
from producers.vision.faults import Ended, Fault
from producers.vision.frames import Frames, Image
from producers.vision.messages import pack
from producers.vision.source import Source
from producers.vision.stills import SUFFIXES, Stills
from producers.vision.stream import Stream

Say = Callable[[bytes], None]

_DIES_WITH_PARENT: Final = 1
"""Linux's PR_SET_PDEATHSIG."""


def main() -> None:
    """Take one line of options from standard input, then send a picture for each byte.

    The end of standard input is the end of the wall. Standard output carries messages only:
    what a detector prints goes to standard error.
    """
    pipe = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    with open(0, "rb", buffering=0, closefd=False) as told:  # no byte more than the line
        options = json.loads(told.readline())
    wanted = Semaphore(0)
    Thread(target=_listen, args=(wanted,), daemon=True).start()
    _die_with_parent()
    os.nice(5)  # the wall goes first
    cv2.setNumThreads(1)

    def say(message: bytes) -> None:
        while message:
            message = message[pipe.write(message) :]

    try:
        _work(options, wanted, say)
    except Ended:
        say(pack({"ended": True}))
        Event().wait()
    except BaseException as error:
        if not isinstance(error, Fault):
            traceback.print_exc()
        elif error.__cause__ is not None:
            traceback.print_exception(error.__cause__)
        said = str(error) if isinstance(error, Fault) else f"{type(error).__name__}: {error}"
        say(pack({"fault": said}))
        os._exit(1)  # at once, whatever other threads are doing


def _listen(wanted: Semaphore) -> None:
    while os.read(0, 1):
        wanted.release()
    os._exit(0)


def _die_with_parent() -> None:
    """A detector that holds Python's lock for ever would keep `_listen` from noticing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)


def _work(options: dict[str, Any], wanted: Semaphore, say: Say) -> None:
    name = options["detector"]
    say(pack({"stage": "load"}))
    try:
        detect = make_detector(name, options["detector_options"])
    except BaseException as error:
        raise Fault(f"detector {name!r} cannot be loaded: {_told(error)}") from error
    say(pack({"stage": "open"}))
    frames = _open(Source(options["source"]), options["loop"], options["timeout"])
    while True:
        wanted.acquire()
        say(pack({"stage": "read"}))
        frame = frames.newest()
        image = _narrowed(frame.image, options["width"])
        say(pack({"stage": "detect"}))
        seen = [] if detect is None else _detections(name, detect, image)
        ok, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, options["quality"]])
        if not ok:
            raise Fault("the picture cannot be made a JPEG")
        height, width = image.shape[:2]
        told = {"time": frame.time, "width": width, "height": height, "detections": seen}
        try:
            message = pack({"frame": told}, jpeg.tobytes())
        except (TypeError, ValueError, RecursionError) as error:
            raise Fault(f"detector {name!r} returned what JSON cannot say: {error}") from error
        say(message)


def _open(source: Source, loop: bool, timeout: float) -> Frames:
    path = Path(source)
    if not source.is_url and (path.is_dir() or path.suffix.lower() in SUFFIXES):
        return Stills(path, loop=loop)
    return Stream(source, loop=loop, timeout=timeout)


def _narrowed(image: Image, width: int) -> Image:
    if image.shape[1] <= width:
        return image
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _detections(name: str, detect: Detector, image: Image) -> list[Any]:
    try:
        seen: Any = detect(image)
    except BaseException as error:  # a detector's sys.exit() is a fall like any other
        raise Fault(f"detector {name!r} raised {_told(error)}") from error
    if not isinstance(seen, list | tuple):
        raise Fault(
            f"detector {name!r} returned {seen!r:.80}; legal is a list of"
            ' {"label": …, "score": …, "box": {"x": …, "y": …, "w": …, "h": …}}'
        )
    return list(seen)


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
