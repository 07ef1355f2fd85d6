"""Process: a server under test, and what it costs, read from /proc."""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = """\
from site_config.settings import *
PRODUCERS = {"readings": PRODUCERS["readings"], "notes": PRODUCERS["notes"]}
"""
"""Only pushed producers, so that what is measured is what was sent."""


class Process:
    """`manage.py serve` with a fresh database, as a context manager."""

    def __enter__(self) -> "Process":
        # Each stream is a descriptor, here and in the server that inherits the limit.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self._directory = tempfile.TemporaryDirectory()
        directory = Path(self._directory.name)
        (directory / "bench_settings.py").write_text(SETTINGS)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "bench_settings",
            "PYTHONPATH": os.pathsep.join([str(directory), str(ROOT)]),
            "EVENTWALL_DATA_DIR": str(directory),
            "EVENTWALL_DEBUG": "0",
        }

        def manage(*words: str) -> list[str]:
            return [sys.executable, str(ROOT / "manage.py"), *words]

        subprocess.run(manage("migrate", "-v0"), env=environment, cwd=ROOT, check=True)
        made = subprocess.run(
            manage("ingest_token", "create", "bench"),
            env=environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        found = re.search(r"ew_\w{8}_[\w-]{43}", made.stdout)
        assert found is not None, made.stdout
        self.token = found[0]
        self._log = (directory / "log").open("w+")
        self._process = subprocess.Popen(
            manage("serve", "127.0.0.1:0"), env=environment, cwd=ROOT, stdout=self._log
        )
        self.pid = self._process.pid
        self.port = self._wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()
        self._directory.cleanup()

    def _wait(self) -> int:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            self._log.seek(0)
            if found := re.search(r"127\.0\.0\.1:(\d+)", self._log.read()):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{found[1]}/readyz", timeout=5)
                except OSError:
                    pass
                else:
                    return int(found[1])
            time.sleep(0.05)
        raise RuntimeError("the server did not start")

    def cpu(self) -> float:
        """Return the CPU seconds spent so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def pss(self) -> int:
        """Return the memory held, in KiB, shared pages counted by share."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
        raise RuntimeError("no Pss in smaps_rollup")

    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/task"))
