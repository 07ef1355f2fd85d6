"""HostProject: a new Django project with the wheel in it, made by what docs/django.md says."""

import os
import signal
import subprocess
import sysconfig
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from shutil import copy

from tests.support.documents import ROOT, block
from tests.support.event_source import EventSource
from tests.support.pasted import named_in
from tests.support.wall import free_port
from tests.support.wheel import wheel

DOCUMENT = ROOT / "docs" / "django.md"
WITHIN = 60.0
"""Seconds in which a server is up, and down."""


class HostProject:
    """The project of a reader, elsewhere and in an environment of its own.

    What the wheel depends on is taken from the environment of these tests; of this tree, nothing.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "project"
        self.directory.mkdir()
        environment = directory / "environment"
        venv.create(environment, with_pip=False)
        (site,) = environment.glob("lib/python*/site-packages")
        (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
        there = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DJANGO_", "EVENTWALL_", "PYTHON"))
        }
        self.environment = there | {
            "PATH": f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PIP_NO_DEPS": "1",
            "PIP_NO_INDEX": "1",
            "PIP_IGNORE_INSTALLED": "1",
        }
        self.port = free_port("127.0.0.1")
        copy(wheel(), self.directory)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def follow(self) -> str:
        """Do all that the page says before its server starts; return what the commands said."""
        said = self.run(block(DOCUMENT, "bash", "startproject"))
        with (self.directory / "mysite/settings.py").open("a") as settings:
            settings.write(block(DOCUMENT, "python", "INSTALLED_APPS"))
        self.write(block(DOCUMENT, "python", 'include("dashboard.urls")'))
        self.write(block(DOCUMENT, "html", "eventwall_tile"))
        migrate, _ = block(DOCUMENT, "bash", "manage.py serve").splitlines()
        return said + self.run(migrate)

    def write(self, text: str) -> None:
        """Write a block of the page into the file that it names."""
        path = self.directory / named_in(text)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def run(self, script: str) -> str:
        """Run a block of the page; return all that it said."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    @contextmanager
    def serving(self, *command: str) -> Iterator[None]:
        """Run a server, `python` and these words, until the end of the block; then it stops."""
        log = self.directory / "server.log"
        words = [word.format(port=self.port) for word in command]
        with log.open("ab") as said:
            process = subprocess.Popen(
                ["python", *words],
                cwd=self.directory,
                env=self.environment,
                stdout=said,
                stderr=said,
            )
        try:
            deadline = time.monotonic() + WITHIN
            while self.status("/wall/healthz") is None:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield
            process.send_signal(signal.SIGTERM)
            process.wait(WITHIN)
        finally:
            process.kill()
            process.wait()

    def status(self, path: str) -> int | None:
        """Return the status of a GET; None: nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def events(self, path: str) -> EventSource:
        return EventSource(self.port, path, {})
