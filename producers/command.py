"""CommandProducer: a program in any language, of which each line that it prints is an event."""

import asyncio
import json
import logging
import os
import shlex
import shutil
import signal
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

from django.core.checks import CheckMessage, Error
from pydantic import BeforeValidator, Field

from producers.auto import AutoProducer
from producers.limits import MAX_EVENT_BYTES
from producers.state import one_line

logger = logging.getLogger(__name__)

_ENDS_WITHIN: Final = 1.0
"""Seconds that a program has between SIGTERM and SIGKILL."""
_COMPLAINTS: Final = 3
"""Last lines of its standard error that are told when it ends."""


def _words(said: Any) -> Any:
    return shlex.split(said) if isinstance(said, str) else said


class CommandEnded(Exception):
    """The program ended, could not be started, or printed what is no line."""


class CommandProducer(AutoProducer):
    """Takes each line that a program prints: JSON, a number or a text.

    The program runs for as long as the wall does. When it ends, it is started again after a
    growing pause, and the tile says how it ended and what it wrote to its standard error.
    """

    class Options(AutoProducer.Options):
        command: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
            min_length=1,
            description="the program and its arguments, as a list or as one text; no shell reads "
            "it",
        )
        directory: Path | None = Field(
            None, description="where it runs; `None`: where the wall does"
        )
        environment: dict[str, str] = Field(
            {}, repr=False, description="variables that it gets beside those of the wall"
        )

    def check(self) -> list[CheckMessage]:
        found: list[CheckMessage] = []
        obj, directory = f"producer {self.alias!r}", self.options.directory
        if self._found() is None:
            found.append(
                Error(
                    f"there is no program {self.options.command[0]!r}.",
                    hint="Correct 'command', install it, or give its whole path.",
                    obj=obj,
                    id="producers.E030",
                )
            )
        if directory is not None and not directory.is_dir():
            found.append(
                Error(
                    f"its directory {str(directory)!r} is none.",
                    hint="Correct 'directory', or make it.",
                    obj=obj,
                    id="producers.E031",
                )
            )
        return found

    async def events(self) -> AsyncIterator[Any]:
        program = await self._started()
        assert program.stdout is not None
        complaints: deque[str] = deque(maxlen=_COMPLAINTS)
        listens = asyncio.create_task(self._hear(program, complaints))
        try:
            while line := await _line_of(program.stdout):
                if text := line.decode("utf-8", "replace").strip():
                    value = _value_of(text)
                    for one in value if isinstance(value, list) else [value]:
                        yield one
            code = await program.wait()
            await listens
        finally:
            await _end(program)
            listens.cancel()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        said = f": {' / '.join(complaints)}" if complaints else ""
        raise CommandEnded(f"{self.options.command[0]} {how}{said}")

    async def _started(self) -> asyncio.subprocess.Process:
        options = self.options
        try:
            return await asyncio.create_subprocess_exec(
                *options.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=options.directory,
                env=os.environ | options.environment,
                limit=MAX_EVENT_BYTES,
                # A group of its own: what it started ends with it, and CTRL-C is the wall's.
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise CommandEnded(f"{options.command[0]} cannot be started: {error}") from error

    async def _hear(self, program: asyncio.subprocess.Process, complaints: deque[str]) -> None:
        """Log what the program writes to its standard error, and keep the last of it."""
        assert program.stderr is not None
        while line := await _line_of(program.stderr):
            if said := one_line(line.decode("utf-8", "replace")):
                complaints.append(said)
                logger.info("producer's program complains alias=%s: %s", self.alias, said)

    def _found(self) -> str | None:
        path = (os.environ | self.options.environment).get("PATH")
        found: str | None = shutil.which(self.options.command[0], path=path)
        return found


async def _line_of(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError as error:
        what = f"it printed a line of more than {MAX_EVENT_BYTES} bytes, which is no event"
        raise CommandEnded(what) from error


def _value_of(text: str) -> Any:
    """Return what a line says as JSON, else the line."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


async def _end(program: asyncio.subprocess.Process) -> None:
    """End the program, which is asked first, and then all that it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(program.pid, how)
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDS_WITHIN):
                await program.wait()
