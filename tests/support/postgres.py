"""Postgres: a real PostgreSQL server in a directory of its own, without passwords, on a socket."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tests.support.migrated import ROOT

_USER: Final = "postgres"
"""Who runs the server where root runs the tests: PostgreSQL refuses to be root's."""


def programs() -> Path | None:
    """Return where the newest PostgreSQL of this machine has its programs; None: there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class Postgres:
    """A server that keeps what it was told across `kill` and `start`, until `remove`."""

    def __init__(self) -> None:
        bin_ = programs()
        assert bin_ is not None, "no PostgreSQL: apt-get install postgresql"
        self._bin = bin_
        # A short path: that of a socket has 107 bytes at most.
        self.directory = Path(tempfile.mkdtemp(prefix="eventwall-pg-"))
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            user = pwd.getpwnam(_USER)
            os.chown(self.directory, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", "data", "-A", "trust", "-U", "wall", "--no-sync", "-E", "UTF8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.directory / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(str(self._bin / "postgres"), "-D", "data", "-k", str(self.directory)),
                    *("-c", "listen_addresses=", "-c", "max_connections=500", "-c", "fsync=off"),
                ],
                cwd=self.directory,
                stdout=log,
                stderr=log,
                **self._as,
            )
        deadline = time.monotonic() + 60
        while subprocess.run(
            [str(self._bin / "pg_isready"), "-q", "-h", str(self.directory)], check=False
        ).returncode:
            assert time.monotonic() < deadline, (self.directory / "server.log").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        pids = (self.directory / "data" / "postmaster.pid").read_text().split()[:1]
        assert pids == [str(self._process.pid)]
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def pause(self) -> None:
        """Have every process of it answer nothing until `resume`."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_all(signal.SIGCONT)

    def url(self, name: str) -> str:
        """Return the URL of the database `name`."""
        return f"postgresql://wall@/{name}?host={self.directory}"

    def make(self, name: str, like: str = "template1") -> None:
        """Make a database, as a copy of the one called `like`."""
        self._run("createdb", "-h", str(self.directory), "-U", "wall", "-T", like, name)

    def migrate(self, name: str) -> None:
        """Make the wall's tables in the database `name`."""
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"],
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "site_config.settings",
                "EVENTWALL_DATA_DIR": str(self.directory / "wall"),
                "EVENTWALL_DATABASE_URL": self.url(name),
            },
            cwd=ROOT,
            check=True,
            timeout=120,
        )

    def remove(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.resume()
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._bin / program), *arguments],
            cwd=self.directory,
            check=True,
            capture_output=True,
            timeout=60,
            **self._as,
        )

    def _signal_all(self, number: signal.Signals) -> None:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for pid in [self._process.pid, *map(int, children.read_text().split())]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
