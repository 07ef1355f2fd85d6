"""WebKit: Safari's engine, in Debian's WebKitGTK, driven over WebDriver: JSON in HTTP.

https://www.w3.org/TR/webdriver2/
"""

import base64
import http.client
import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from tests.support.engine import Engine
from tests.support.wall import free_port

EXECUTABLE: Final = shutil.which("WebKitWebDriver") and shutil.which("Xvfb")
_BROWSER: Final = next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"), None)
_START: Final = 60.0
_NARROW: Final = """
button, entry, headerbar, toolbar, image {min-width: 0; padding: 0; margin: 0; border: 0}
entry {font-size: 1px}
"""
"""GTK's own style makes no window narrower than 447 pixels."""


class WebKit(Engine):
    """A browser with a home of its own in `directory`, on a screen of its own that nobody sees."""

    def __init__(self, directory: Path, *, dark: bool = False) -> None:
        self._home = directory
        self._theme = "Adwaita:dark" if dark else "Adwaita"

    def __enter__(self) -> Self:
        style = self._home / ".config" / "gtk-3.0" / "gtk.css"
        style.parent.mkdir(parents=True)
        style.write_text(_NARROW)
        self._screen = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._screen.stdout is not None
        with self._screen.stdout as told:
            display = told.readline().decode().strip()
        self._port = free_port("127.0.0.1")
        with (self._home / "webkit.log").open("wb") as log:
            self._driver = subprocess.Popen(
                ["WebKitWebDriver", f"--port={self._port}"],
                env=os.environ
                | {
                    "DISPLAY": f":{display}",
                    "HOME": str(self._home),
                    "GTK_THEME": self._theme,
                    "LIBGL_ALWAYS_SOFTWARE": "1",
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._begin()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(OSError, AssertionError):
            self._ask("DELETE", "")
        self._end()

    def visit(self, url: str) -> None:
        self._ask("POST", "/url", url=url)

    def run(self, script: str) -> Any:
        return self._ask("POST", "/execute/sync", script=script, args=[])

    def resize(self, width: int, height: int) -> None:
        # The window has a bar that the page has not.
        self._ask("POST", "/window/rect", x=0, y=0, width=width, height=height)
        high = self.run("return innerHeight")
        self._ask("POST", "/window/rect", x=0, y=0, width=width, height=2 * height - high)

    def screenshot(self) -> bytes:
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def frame(self, selector: str | None) -> None:
        found = None
        self._ask("POST", "/frame", id=None)
        if selector is not None:
            found = self._ask("POST", "/element", using="css selector", value=selector)
        self._ask("POST", "/frame", id=found)

    def _begin(self) -> None:
        self._session = ""
        deadline = time.monotonic() + _START
        while True:
            with suppress(OSError):
                if self._ask("GET", "/status")["ready"]:
                    break
            assert self._driver.poll() is None, (self._home / "webkit.log").read_text()
            assert time.monotonic() < deadline, "WebKitWebDriver did not start"
            time.sleep(0.05)
        browser = {"binary": str(_BROWSER), "args": ["--automation"]}
        asked = {"alwaysMatch": {"webkitgtk:browserOptions": browser}}
        self._session = f"/session/{self._ask('POST', '/session', capabilities=asked)['sessionId']}"

    def _ask(self, method: str, path: str, **parameters: object) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_START)
        try:
            body = json.dumps(parameters) if method == "POST" else None
            connection.request(method, self._session + path, body)
            answer = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        assert not (isinstance(answer, dict) and "error" in answer), f"{path}: {answer}"
        return answer

    def _end(self) -> None:
        for process in (self._driver, self._screen):
            process.terminate()
        for process in (self._driver, self._screen):
            process.wait()
        with suppress(ProcessLookupError):
            os.killpg(self._driver.pid, signal.SIGKILL)
