"""Floor: the least that any server can spend, write(2) for each client in a bare loop of C."""

import os
import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.marks import Mark, frame
from benchmarks.servers.base import Server, free_port


class Floor(Server):
    """Gets whole frames over a pipe: no HTTP to read, nothing to encode, nothing stored."""

    name = "floor (C)"
    path = "/"
    easy = 100
    token = b": open"

    @classmethod
    def missing(cls) -> str | None:
        return None if shutil.which("gcc") else "apt-get install gcc libc6-dev"

    def start(self) -> subprocess.Popen[bytes]:
        program = self.directory / "floor"
        source = Path(__file__).with_suffix(".c")
        subprocess.run(["gcc", "-O2", "-Wall", "-o", program, source], check=True)
        self.port = free_port()
        self._started = subprocess.Popen(
            [program, str(self.port)], stdin=subprocess.PIPE, stdout=self.log, stderr=self.log
        )
        return self._started

    def answers(self) -> bool:
        return "listening" in self.said()

    def send(self, marks: Sequence[Mark]) -> None:
        for mark in marks:
            data = frame(mark)
            pipe = self._started.stdin
            assert pipe is not None
            os.write(pipe.fileno(), struct.pack("=I", len(data)) + data)
