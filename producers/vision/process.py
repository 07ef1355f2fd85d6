"""Process: starts the camera's own process, asks it for pictures, and ends it."""

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self

from producers.vision.faults import Fault
from producers.vision.messages import LENGTHS, unpack_lengths
from producers.vision.source import Source

logger = logging.getLogger(__name__)

STARTING: Final = 60.0
"""Seconds for Python, OpenCV and the detector's model to load; a large model takes its time."""

_LINES_KEPT: Final = 30
_LONGEST_LINE: Final = 400
_ENDS_WITHIN: Final = 1.0
"""Seconds; only a process that hangs in a driver takes longer to be killed."""
_SPEAKER: Final = re.compile(r"^\[[^\]]* @ 0x[0-9a-f]+\] ")
"""Which part of FFmpeg says a line."""
_PLACE: Final = re.compile(r'File "(?:.*/)?([^/"]+)", line (\d+) in (\w+)')


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as JPEG, and what the detector says of it, unchecked."""

    time: float
    width: int
    height: int
    detections: list[Any]
    jpeg: bytes


class CameraProcess:
    """A process that reads `source` and runs `detector`, for as long as the context is open.

    `options` are those of CameraProducer. Whatever the process does, `shot` raises Fault within
    the time limits, and the end of the context kills it with all that it started.
    """

    def __init__(self, options: Mapping[str, Any], source: Source) -> None:
        self._options = dict(options) | {"source": str(source)}
        self._source = source
        self._name = f"detector {options['detector']!r}"
        self._timeout = float(options["timeout"])
        self._stage = "start"
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._transports: list[asyncio.ReadTransport] = []

    async def __aenter__(self) -> Self:
        # A thread that asyncio lends would end, and with it the process: see _die_with_parent.
        self._process = subprocess.Popen(  # noqa: ASYNC220 - it takes milliseconds
            [sys.executable, "-X", "faulthandler", "-m", "producers.vision.child"],
            env={"OPENCV_LOG_LEVEL": "ERROR"}
            | os.environ
            | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # not for CTRL-C, and killed with its own children
        )
        try:
            self._answers = await self._reader(self._process.stdout)
            self._said = asyncio.create_task(self._listen(await self._reader(self._process.stderr)))
            # Not as arguments: those of every process can be read by everyone on the machine.
            self._send(json.dumps(self._options).encode() + b"\n")
        except BaseException:
            self._close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._close()
        self._said.cancel()
        await asyncio.wait([self._said])

    async def shot(self) -> Shot | None:
        """Return the newest picture; None when the source is over. Raises Fault."""
        self._send(b"\n")
        while True:
            told, jpeg = await self._message()
            match told:
                case {"stage": str(stage)}:
                    self._stage = stage
                case {"frame": dict(frame)}:
                    self._stage = "wait"
                    return Shot(jpeg=jpeg, **frame)
                case {"fault": str(fault)}:
                    raise Fault(await self._with_last_line(fault))
                case _:
                    return None

    def _send(self, data: bytes) -> None:
        stdin = self._process.stdin
        with suppress(BrokenPipeError):  # that it has ended is told better by its answers
            if stdin is not None:
                stdin.write(data)

    async def _message(self) -> tuple[dict[str, Any], bytes]:
        limit = STARTING if self._stage in ("start", "load") else self._timeout
        try:
            async with asyncio.timeout(limit):
                head = await self._answers.readexactly(LENGTHS.size)
                text, picture = unpack_lengths(head)
                told = json.loads(await self._answers.readexactly(text))
                return told, await self._answers.readexactly(picture)
        except TimeoutError:
            raise Fault(f"{self._late()} within {limit:g} s") from None
        except asyncio.IncompleteReadError:
            raise Fault(await self._ending()) from None

    def _late(self) -> str:
        match self._stage:
            case "load":
                return f"{self._name} was not loaded"
            case "detect":
                return f"{self._name} did not answer"
            case "open":
                return f"{self._source.shown} was not opened"
            case "start":
                return "the camera's process did not start"
        return f"no frame came from {self._source.shown}"

    async def _ending(self) -> str:
        """Return how the process ended, and while it did what."""
        self._end()
        await self._hear_out()
        code = self._process.returncode
        if code is None or code >= 0:
            how = f"(exit code {code})"
            last = self._lines[-1] if self._lines and code else ""
        else:
            how = f"(killed by {signal.Signals(-code).name})"
            places = (_PLACE.search(line) for line in self._lines)
            place = next((match for match in places if match), None)
            last = "at {}:{} in {}".format(*place.groups()) if place else ""
            if code == -signal.SIGKILL:
                last = "did the machine run out of memory?"
        who = {"load": self._name, "detect": self._name, "start": "starting"}
        doing = who.get(self._stage, f"reading {self._source.shown}")
        self._log_lines()
        return self._source.hide(f"{doing} ended the camera's process {how}: {last}".rstrip(": "))

    async def _with_last_line(self, fault: str) -> str:
        """Return a fault, with what FFmpeg or a driver said last where that is the reason."""
        self._end()
        await self._hear_out()
        self._log_lines()
        if self._stage == "open" and self._lines:
            fault += f" ({_SPEAKER.sub('', self._lines[-1])})"
        return self._source.hide(fault)

    async def _hear_out(self) -> None:
        await asyncio.wait([self._said], timeout=_ENDS_WITHIN)

    def _log_lines(self) -> None:
        if self._lines:
            logger.warning("camera's process said: %s", self._source.hide("\n".join(self._lines)))

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await stderr.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[-_LONGEST_LINE:]
            self._lines.extend(
                text for line in lines if (text := line[:_LONGEST_LINE].decode(errors="replace"))
            )

    async def _reader(self, pipe: Any) -> asyncio.StreamReader:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        self._transports.append(transport)
        return reader

    def _close(self) -> None:
        self._end()
        for transport in self._transports:
            transport.close()
        for pipe in (self._process.stdout, self._process.stderr)[len(self._transports) :]:
            if pipe is not None:  # the start was broken off before somebody read it
                pipe.close()

    def _end(self) -> None:
        """Kill the process and all that it started, at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDS_WITHIN)
