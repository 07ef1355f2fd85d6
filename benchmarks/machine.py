"""Machine: what the figures were measured on, and with which versions."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psutil

from benchmarks.servers.asgi import PYTHON

_OURS = "eventwall", "django", "uvicorn", "uvloop", "httptools", "pydantic"
_PEERS = "django", "uvicorn", "uvloop", "sse-starlette", "starlette", "django-eventstream"


def describe() -> list[str]:
    """Return lines of text: date, machine, versions of ours, of the peers, of nginx."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; commit {_commit()}",
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB; Linux {platform.release()}",
        f"Eventwall: {_python()}, SQLite {sqlite3.sqlite_version}, "
        + ", ".join(f"{name} {metadata.version(name)}" for name in _OURS),
        f"peers: {_peers()}; {_nginx()}; {_said('gcc', '--version').partition(chr(10))[0]}",
    ]


class Others:
    """What of the machine everything else used while we measured: it should be next to nothing."""

    def __init__(self) -> None:
        self._all, self._ours, self._began = _used(), _ours(), time.monotonic()

    @property
    def share(self) -> float:
        """Of all cores. Right only when the processes that we started have ended."""
        cores = (os.cpu_count() or 1) * (time.monotonic() - self._began)
        return max(0.0, _used() - self._all - (_ours() - self._ours)) / cores


def _used() -> float:
    """Return the CPU seconds of the whole machine, and those its host took away."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq + times.steal)


def _ours() -> float:
    return sum(os.times()[:4])


def _commit() -> str:
    changes = " with changes" if _said("git", "status", "--porcelain", "-uno") else ""
    return _said("git", "rev-parse", "--short", "HEAD") + changes


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1] if found else platform.machine()


def _python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def _peers() -> str:
    if not PYTHON.exists():
        return "not installed"
    asked = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    versions = _said(str(PYTHON), "-c", asked, *_PEERS).split()
    told = ", ".join(map(" ".join, zip(_PEERS, versions, strict=False)))
    return told or "not all installed"


def _nginx() -> str:
    nchan = _said("dpkg-query", "-W", "-f", "nchan ${Version}", "libnginx-mod-nchan")
    return (
        ", ".join(
            filter(
                None,
                (_said(shutil.which("nginx", path="/usr/sbin:/usr/bin") or "nginx", "-v"), nchan),
            )
        )
        or "nginx not installed"
    )


def _said(*command: str) -> str:
    """Return what a command prints; nothing if there is no such command or it fails."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return (ran.stdout or ran.stderr).strip()
