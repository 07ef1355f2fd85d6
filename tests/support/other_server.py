"""OtherServer: the wall under an ASGI server that is not ours."""

import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from tests.support.wall import ROOT, Wall, free_port

GRACE: Final = 2
"""Seconds that each is told to wait for open streams when it stops."""

COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "uvicorn": ("--port", "{port}", "--timeout-graceful-shutdown", f"{GRACE}"),
    "hypercorn": ("--bind", "127.0.0.1:{port}", "--graceful-timeout", f"{GRACE}"),
    "granian": (
        *("--interface", "asgi", "--port", "{port}"),
        *("--workers-kill-timeout", f"{GRACE}"),
    ),
    "daphne": ("--port", "{port}"),
}
"""Module → its arguments, as an operator would give them."""


class OtherServer(Wall):
    """`python -m <name> … site_config.asgi:application` in a directory of its own."""

    def __init__(self, name: str, directory: Path, settings: Mapping[str, object]) -> None:
        super().__init__(directory, settings)
        self._name = name

    @cached_property
    def token(self) -> str:
        """A token for everything; these servers print none."""
        found = re.search(r"ew_\w{8}_[\w-]{43}", self.manage("ingest_token", "create", "tests"))
        assert found is not None
        return found[0]

    def start(self, command: str = "", *options: str, descriptors: int | None = None) -> None:
        if self.port == 0:
            self.port = free_port(self.host)
        words = (word.format(port=self.port) for word in COMMANDS[self._name])
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self._name, *words, "site_config.asgi:application"],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self.until(self._ready)
