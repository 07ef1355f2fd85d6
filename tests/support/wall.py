"""Wall: a real server process with a directory of its own, as an operator would start it."""

import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

from tests.support.event_source import EventSource
from tests.support.fork_server import Forked, begin
from tests.support.migrated import put_into

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def free_port(host: str) -> int:
    """Return a free port below those that the kernel gives to connections.

    So it is still free when a server that was killed comes back to it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket(family) as probe, suppress(OSError):
            probe.bind((host.strip("[]"), port))
            return port


def written_to(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


class Wall:
    """`manage.py serve` on a free port of loopback. `settings` override those of the site.

    Modules that lie beside its directory can be imported, as producers of a test's own.
    """

    def __init__(
        self, directory: Path, settings: Mapping[str, object], *, debug: bool | None = True
    ) -> None:
        directory.mkdir()
        self.directory = directory
        self.database = directory / "eventwall.sqlite3"
        self.log = directory / "server.log"
        (directory / "wall_settings.py").write_text(
            "from site_config.settings import *\n"
            + "".join(f"{name} = {value!r}\n" for name, value in settings.items())
        )
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "wall_settings",
            "PYTHONPATH": os.pathsep.join(map(str, (directory, directory.parent, ROOT))),
            "EVENTWALL_DATA_DIR": str(directory),
            "EVENTWALL_TIME_ZONE": "Asia/Tokyo",
            "EVENTWALL_ACCESS": "public",
        }
        for ours in ("EVENTWALL_DEBUG", "PYTHONDEVMODE"):
            self.environment.pop(ours, None)
        if debug is not None:
            self.environment["EVENTWALL_DEBUG"] = str(int(debug))
        self.host = "127.0.0.1"
        self.port = 0
        self.process: Forked | subprocess.Popen[bytes] | None = None
        put_into(directory)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str, check: bool = True) -> str:
        """Run a management command beside the server; return what it printed."""
        with TemporaryFile() as output, TemporaryFile() as errors:
            process = begin(arguments, self.environment, output, errors, project=ROOT)
            try:
                code = process.wait(60)
            finally:
                process.kill()
            said, complained = map(written_to, (output, errors))
        if check and code:
            raise AssertionError(f"manage.py {arguments} failed: {complained}")
        return said + complained

    def start(self, command: str = "serve", *options: str, descriptors: int | None = None) -> None:
        """Start the server, on the same port as before if there was one, and wait for it.

        `descriptors` limits how many it may have open.
        """
        if self.port == 0:
            self.port = free_port(self.host)
        with self.log.open("ab") as log:
            words, where = [command, f"{self.host}:{self.port}", *options], self.environment
            self.process = begin(words, where, log, log, project=ROOT, descriptors=descriptors)
        self.until(self._ready)

    def kill(self) -> None:
        """End the server as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, within: float = 20) -> int:
        """Stop the server as an operator would; return its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def until(self, probe: Callable[[], T | None], within: float = 60) -> T:
        """Return what `probe` returns once that is true; fail after `within` seconds."""
        deadline = time.monotonic() + within
        while not (found := probe()):
            assert self.process is not None
            assert self.process.poll() is None, f"server ended: {self.log.read_text()}"
            assert time.monotonic() < deadline, f"not within {within} s: {self.log.read_text()}"
            time.sleep(0.02)
        return found

    def request(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        on_cookie: Callable[[str], object] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers (lower case) and body; tell `on_cookie` each that is set."""
        connection = http.client.HTTPConnection(self.host.strip("[]"), self.port, timeout=30)
        try:
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data, dict(headers or {}))
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            if on_cookie is not None:
                for cookie in response.headers.get_all("Set-Cookie", []):
                    on_cookie(cookie)
            return response.status, fields, response.read()
        finally:
            connection.close()

    def post(self, producer: str, value: object, **headers: str) -> tuple[int, dict[str, Any]]:
        """POST a value as JSON with the loopback token; return status and answer."""
        status, _, body = self.request(
            "POST",
            f"/ingest/{producer}",
            json.dumps(value),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            | {name.replace("_", "-"): value for name, value in headers.items()},
        )
        return status, json.loads(body)

    @property
    def token(self) -> str:
        """The loopback token, as printed at start-up."""
        found = re.search(r"Bearer (\S+?)'", self.log.read_text())
        assert found is not None
        return found[1]

    def events(self, path: str = "/events/", **headers: str) -> EventSource:
        """Open a stream."""
        return EventSource(self.port, path, headers)

    def _ready(self) -> bool:
        try:
            return self.request("GET", "/readyz")[0] == 200
        except OSError:
            return False
