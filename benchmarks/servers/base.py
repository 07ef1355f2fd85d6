"""Server: something that streams events to many clients, started here and measured."""

import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from benchmarks.connection import Connection
from benchmarks.cost import Spent, pss, threads
from benchmarks.load.crowd import Crowd, until
from benchmarks.marks import Mark

ROOT = Path(__file__).resolve().parents[2]
_START = 30.0
"""Seconds a server may take to start, and to stop."""


class Server(ABC):
    """A server process with a directory of its own, as a context manager."""

    name: ClassVar[str]
    path: ClassVar[str]
    """Its stream."""
    token: ClassVar[bytes] = b"\r\n\r\n"
    """What a client has had once it hears every event from then on."""

    easy: ClassVar[float] = 10
    """Events/s that it surely sends to 1,000 clients: where a search for the most begins."""

    pid: int
    port: int

    @classmethod
    @abstractmethod
    def missing(cls) -> str | None:
        """Return what it would need to run here, or None."""

    @abstractmethod
    def start(self) -> subprocess.Popen[bytes]:
        """Start it; `directory` is there, `port` is to be set, by `answers` at the latest."""

    @abstractmethod
    def answers(self) -> bool:
        """Return whether it is up."""

    @abstractmethod
    def send(self, marks: Sequence[Mark]) -> None:
        """Publish these events in order; may return before they are answered."""

    def __enter__(self) -> Self:
        # Not in /tmp, which may be memory: there an fsync costs nothing.
        (ROOT / "var").mkdir(exist_ok=True)
        self.directory = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
        self._connection: Connection | None = None
        self.log = (self.directory / "log").open("w+b")
        self._process = self.start()
        self.pid = self._process.pid
        if not until(lambda: self._process.poll() is not None or self.answers(), _START):
            self.__exit__(None, None, None)
            raise RuntimeError(f"{self.name} did not start in {_START:g} s")
        if self._process.poll() is not None:
            said = self.said()
            self.__exit__(None, None, None)
            raise RuntimeError(f"{self.name} ended at once and said: {said[-2000:]}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            self._connection.close()
        self._process.terminate()
        try:
            self._process.wait(_START)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def said(self) -> str:
        """Return what it wrote to its log."""
        return (self.directory / "log").read_text(errors="replace")

    @property
    def connection(self) -> Connection:
        """The connection that events are published over."""
        if self._connection is None:
            self._connection = Connection(self.port)
        return self._connection

    def settle(self) -> None:
        """Wait until what was sent is answered."""
        if self._connection is not None:
            self._connection.settle()

    def crowd(self, count: int) -> Crowd:
        """Return `count` clients of the stream, to be entered."""
        return Crowd(self.port, self.path, count, self.token)

    def spent(self) -> Spent:
        return Spent.so_far(self.pid)

    def pss(self) -> float:
        """Return the KiB it holds."""
        return pss(self.pid)

    def threads(self) -> int:
        return threads(self.pid)

    def gets(self, path: str) -> bool:
        """Return whether GET `path` is answered with anything at all."""
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True


def rest(seconds: float) -> None:
    """Let what has just started, connected or left come to rest."""
    time.sleep(seconds)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
