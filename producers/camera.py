"""The camera: pictures of a device, a stream or a file, and what a detector sees on them."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

from django.core.checks import CheckMessage, Error
from pydantic import AfterValidator, Field, JsonValue, ValidationError

from producers.base import Produced
from producers.detections.model import Result
from producers.detections.producer import DetectionProducer
from producers.vision.faults import Fault
from producers.vision.process import CameraProcess, Shot
from producers.vision.source import SCHEMES, Source

INSTALL: Final = "pip install 'eventwall[vision]'"
BUILT_IN: Final = ("face", "people", "none")

_DOTTED: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
_FOR_THE_PROCESS: Final = frozenset(
    {"loop", "width", "quality", "timeout", "detector", "detector_options"}
)
_PICTURE_ONLY: Final = "picture only"
_LEAST_PATIENCE: Final = 5.0
"""Seconds without a frame that make no tile stale: a source that hiccups is not gone."""


def _detector(name: str) -> str:
    if name not in BUILT_IN and not _DOTTED.fullmatch(name):
        raise ValueError(
            "no detector; legal are 'face', 'people', 'none' and the dotted path of a callable"
        )
    return name


class CameraProducer(DetectionProducer):
    """Sends frames of a camera, a stream, a video or a folder, with what a detector sees on them.

    OpenCV and the detector run in a process of their own, so that neither a crash nor a hang of
    theirs stops anything here.
    """

    class Options(DetectionProducer.Options):
        source: Annotated[int | str | Path, AfterValidator(Source.of)] = Field(
            0,
            validate_default=True,
            description="a device's number or path, a URL (rtsp, http), a video file, a picture "
            "or a folder of pictures",
        )
        rate: float = Field(2.0, ge=0.1, le=30, description="frames a second that are sent")
        detector: Annotated[str, AfterValidator(_detector)] = Field(
            "face",
            description="'face', 'people', 'none', or the dotted path of a callable",
        )
        detector_options: dict[str, JsonValue] = Field(
            {}, description="keyword arguments of the detector"
        )
        loop: bool = Field(True, description="whether files begin again at their end")
        width: int = Field(
            640, ge=64, le=3840, description="pixels; wider frames are made this wide"
        )
        quality: int = Field(80, ge=1, le=100, description="of the JPEG that is sent")
        timeout: float = Field(
            10.0,
            ge=0.1,
            le=3600,
            description="seconds for the source to give a frame, and for the detector to answer",
        )

    @property
    def expect_every(self) -> float | None:
        """Seconds of silence after which its tile is stale: it may miss two frames."""
        return super().expect_every or max(_LEAST_PATIENCE, 3 / self.options.rate)

    def check(self) -> list[CheckMessage]:
        found: list[CheckMessage] = []
        obj, source = f"producer {self.alias!r}", self.options.source
        if find_spec("cv2") is None:
            found.append(
                Error(
                    "it needs OpenCV, which is not installed.",
                    hint=f"Run: {INSTALL}",
                    obj=obj,
                    id="producers.E020",
                )
            )
        if source.is_url and source.scheme not in SCHEMES:
            found.append(
                Error(
                    f"its source {source.shown!r} is no URL that a camera can be read from.",
                    hint=f"Legal are URLs that begin with {', '.join(SCHEMES)}.",
                    obj=obj,
                    id="producers.E021",
                )
            )
        package = self.options.detector.partition(".")[0]
        if self.options.detector not in BUILT_IN and find_spec(package) is None:
            found.append(
                Error(
                    f"its detector is {self.options.detector!r}, but there is no {package!r}.",
                    hint="Correct the path, or put the module where Python finds it.",
                    obj=obj,
                    id="producers.E022",
                )
            )
        return found

    async def events(self) -> AsyncIterator[Produced]:
        if find_spec("cv2") is None:
            raise Fault(f"OpenCV is not installed: {INSTALL}")
        options = self.options.model_dump(include=_FOR_THE_PROCESS)
        loop = asyncio.get_running_loop()
        async with CameraProcess(options, self.options.source) as camera:
            asked = loop.time()
            while (shot := await camera.shot()) is not None:
                yield replace(self.event(self._result(shot)), picture=shot.jpeg)
                await self.sleep(max(0.0, asked + 1 / self.options.rate - loop.time()))
                asked = loop.time()
        while True:  # the source is over; silence is what there is to tell
            await self.sleep(3600)

    def _result(self, shot: Shot) -> Result:
        """Return what was seen on a frame. Raises Fault where that is no list of detections."""
        try:
            return Result.model_validate(
                {
                    "text": _PICTURE_ONLY if self.options.detector == "none" else None,
                    "detections": shot.detections,
                    "size": {"width": shot.width, "height": shot.height},
                    "time": datetime.fromtimestamp(shot.time, UTC),
                }
            )
        except ValidationError as error:
            fault = error.errors()[0]
            place = "/".join(map(str, fault["loc"][1:]))
            raise Fault(
                f"detector {self.options.detector!r} returned what is no detection: {place}:"
                f" {fault['msg']}, not {fault['input']!r:.80}"
            ) from error
