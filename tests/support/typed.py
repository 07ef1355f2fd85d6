"""Typed: a command at a terminal of its own, as a person types it, and the keys they press."""

import os
import pty
import re
import select
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from tests.support.wall import ROOT

CTRL_C = b"\x03"


class Typed:
    """`manage.py` with `words`, begun in the project's directory; `said` is what it has shown.

    `program`: another than that.
    """

    def __init__(
        self,
        *words: str,
        environment: Mapping[str, str],
        program: Sequence[str] = (sys.executable, "manage.py"),
    ) -> None:
        self.said = ""
        command = [*program, *words]
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvpe(command[0], command, dict(environment))
        self._code: int | None = None

    def until(self, text: str, within: float = 60) -> None:
        """Read until `text` is shown; fail when it ends before, or after `within` seconds."""
        deadline = time.monotonic() + within
        while text not in self.said:
            assert time.monotonic() < deadline, f"not within {within} s: {self.said}"
            assert self._read(0.1), f"it ended: {self.said}"

    def press(self, key: bytes) -> None:
        os.write(self._terminal, key)

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def end(self, within: float = 60) -> int:
        """Read until it ends; return its exit code."""
        deadline = time.monotonic() + within
        while self._read(0.1):
            assert time.monotonic() < deadline, f"not within {within} s: {self.said}"
        return self._wait()

    def close(self) -> None:
        """Kill it, unless it has ended."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)
            self._wait()
        os.close(self._terminal)

    def _wait(self) -> int:
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._code

    def _read(self, wait: float) -> bool:
        """Read what is there within `wait` seconds; return False at the end."""
        if select.select([self._terminal], [], [], wait)[0]:
            read = b""
            with suppress(OSError):  # the terminal's end
                read = os.read(self._terminal, 65_536)
            if not read:
                return False
            self.said += re.sub(r"\x1b\[[0-9;]*m|\r", "", read.decode(errors="replace"))
        return True
