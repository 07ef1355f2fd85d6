"""Firefox: Debian's own build, headless, driven over Marionette: JSON on a socket.

https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from tests.support.engine import Engine

EXECUTABLE: Final = shutil.which("firefox-esr")
ACCESS: Final = "--remote-allow-system-access"
"""To change the window around the page, which else is never narrower than 500 pixels."""
_START: Final = 60.0
"""Seconds that a first start with a new profile may take on a busy machine."""


class Firefox(Engine):
    """A browser with a profile of its own in `directory`."""

    def __init__(self, directory: Path, *, dark: bool = False) -> None:
        self._profile = directory
        self._preferences = {"marionette.port": 0, "ui.systemUsesDarkTheme": int(dark)}
        self._received = b""
        self._sent = 0

    def __enter__(self) -> Self:
        assert EXECUTABLE is not None
        # Port 0: Firefox chooses a free one, and writes it into the profile.
        (self._profile / "user.js").write_text(
            "".join(f'user_pref("{name}", {said});\n' for name, said in self._preferences.items())
        )
        with (self._profile / "firefox.log").open("wb") as log:
            self._process = subprocess.Popen(
                [EXECUTABLE, "--headless", "--marionette", ACCESS, "--profile", str(self._profile)],
                env=os.environ | {"HOME": str(self._profile)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._socket = socket.create_connection(("127.0.0.1", self._port()), timeout=_START)
            self._receive()
            self._ask("WebDriver:NewSession")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(OSError, AssertionError):
            self._ask("Marionette:Quit", flags=["eForceQuit"])
        self._socket.close()
        self._end()

    def visit(self, url: str) -> None:
        self._ask("WebDriver:Navigate", url=url)

    def run(self, script: str) -> Any:
        return self._ask("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def resize(self, width: int, height: int) -> None:
        self._ask("Marionette:SetContext", value="chrome")
        self.run("document.documentElement.style.setProperty('min-width', '0', 'important')")
        self._ask("Marionette:SetContext", value="content")
        # The window has bars that the page has not.
        self._ask("WebDriver:SetWindowRect", width=width, height=height)
        wide, high = self.run("return [outerWidth - innerWidth, outerHeight - innerHeight]")
        self._ask("WebDriver:SetWindowRect", width=width + wide, height=height + high)

    def screenshot(self) -> bytes:
        return base64.b64decode(self._ask("WebDriver:TakeScreenshot", full=False)["value"])

    def frame(self, selector: str | None) -> None:
        self._ask("WebDriver:SwitchToFrame", id=None)
        if selector is not None:
            asked = {"using": "css selector", "value": selector}
            found = self._ask("WebDriver:FindElement", **asked)["value"]
            self._ask("WebDriver:SwitchToFrame", id=None, element=next(iter(found.values())))

    def _port(self) -> int:
        told = self._profile / "MarionetteActivePort"
        deadline = time.monotonic() + _START
        while not (told.exists() and told.read_text()):
            log = (self._profile / "firefox.log").read_text(errors="replace")[-2000:]
            assert self._process.poll() is None, f"Firefox ended: {log}"
            assert time.monotonic() < deadline, f"Firefox did not start: {log}"
            time.sleep(0.05)
        return int(told.read_text())

    def _ask(self, command: str, **parameters: object) -> Any:
        self._sent += 1
        message = json.dumps([0, self._sent, command, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, number, error, result = self._receive()
        assert number == self._sent
        assert error is None, f"{command}: {error}"
        return result

    def _receive(self) -> Any:
        """Return the next message: its length, a colon, JSON."""
        while b":" not in self._received:
            self._read()
        length, _, self._received = self._received.partition(b":")
        while len(self._received) < int(length):
            self._read()
        message = self._received[: int(length)]
        self._received = self._received[int(length) :]
        return json.loads(message)

    def _read(self) -> None:
        piece = self._socket.recv(65536)
        assert piece, "Firefox closed the connection"
        self._received += piece

    def _end(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
