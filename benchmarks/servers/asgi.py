"""The peers that run under uvicorn: the applications of benchmarks/peers/, in one process."""

import subprocess
from collections.abc import Sequence
from typing import ClassVar

from benchmarks.connection import request
from benchmarks.marks import Mark, cloudevent
from benchmarks.servers.base import ROOT, Server, free_port

PYTHON = ROOT / ".venv-bench/bin/python"
"""Their own environment, so that the project's has nothing of theirs."""


class Asgi(Server):
    """uvicorn with uvloop and httptools, as Eventwall has it. Events are posted to /publish."""

    application: ClassVar[str]
    package: ClassVar[str]
    path = "/events"

    @classmethod
    def missing(cls) -> str | None:
        # Found, not imported: some want Django's settings first.
        asked = "import sys, importlib.util as i; sys.exit(not all(map(i.find_spec, sys.argv[1:])))"
        wanted = "uvicorn", "uvloop", "httptools", cls.package
        if PYTHON.exists() and not subprocess.call([PYTHON, "-c", asked, *wanted]):
            return None
        return f"`make bench` installs {cls.package} into {PYTHON.parts[-3]}"

    def start(self) -> subprocess.Popen[bytes]:
        self.port = free_port()
        command = [str(PYTHON), "-m", "uvicorn", f"benchmarks.peers.{self.application}:application"]
        options = f"--port {self.port} --loop uvloop --http httptools --no-access-log"
        return subprocess.Popen(
            [*command, *options.split(), "--log-level=warning", "--timeout-graceful-shutdown=1"],
            cwd=ROOT,
            stdout=self.log,
            stderr=self.log,
        )

    def answers(self) -> bool:
        return self.gets("/")

    def send(self, marks: Sequence[Mark]) -> None:
        body = b"\n".join(map(cloudevent, marks))
        self.connection.send(request("/publish", body, {}, media_type="application/x-ndjson"))


class SseStarlette(Asgi):
    name = "sse-starlette"
    application, package = "starlette_sse", "sse_starlette"
    token = b": open"


class DjangoEventstream(Asgi):
    name = "django-eventstream"
    application, package = "eventstream", "django_eventstream"
    token = b"stream-open"


class DjangoStreaming(Asgi):
    name = "Django streaming"
    application, package = "streaming", "django"
    token = b": open"
