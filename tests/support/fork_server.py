"""ForkServer: begins `manage.py` in processes forked from one that has imported already.

Six sevenths of what a process of the project costs at its start are imports. One of these servers
runs beside each process of the tests; only on Linux, where forks of forks can be handed on.
"""

import atexit
import ctypes
import json
import os
import resource
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).resolve().parents[2]
PR_SET_CHILD_SUBREAPER: Final = 36
LIBRARIES: Final = (
    "django.contrib.messages.storage.fallback",
    "django.core.handlers.asgi",
    "django.core.management.commands.runserver",
    "django.db.backends.sqlite3.base",
    "django.template.loaders.cached",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
)
"""What is imported by name only while the project runs."""


WITHOUT: Final = ("DJANGO_SETTINGS_MODULE", "PYTHONDEVMODE")
"""What it does not inherit: each process has settings of its own; and development mode, in which
no operator starts it, costs a third more."""


class Forked:
    """A process like `subprocess.Popen`, as far as tests need one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = os.pidfd_open(pid)

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code, or minus the signal that ended it; raise TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("manage.py", timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self._ended)
        return self.returncode

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The end of the tests: asks the server for processes, and is the parent that they get."""

    def __init__(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if name not in WITHOUT},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        atexit.register(self._end)

    def begin(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        output: IO[bytes],
        errors: IO[bytes],
        descriptors: int | None,
    ) -> Forked:
        asked = {"words": words, "environment": dict(environment), "descriptors": descriptors}
        streams = [output.fileno(), errors.fileno()]
        socket.send_fds(self._socket, [json.dumps(asked).encode()], streams)
        return Forked(int(self._socket.recv(32)))

    def _end(self) -> None:
        self._socket.close()
        self._process.wait()


@cache
def fork_server() -> ForkServer:
    return ForkServer()


def begin(
    words: Sequence[str],
    environment: Mapping[str, str],
    output: IO[bytes],
    errors: IO[bytes],
    *,
    project: Path = ROOT,
    descriptors: int | None = None,
) -> "Forked | subprocess.Popen[bytes]":
    """Begin `manage.py` with `words` in the project's directory; `descriptors` it may have open."""
    if sys.platform == "linux" and project == ROOT:
        return fork_server().begin(words, environment, output, errors, descriptors)
    command = [sys.executable, "manage.py", *words]
    if descriptors is not None:
        command = ["sh", "-c", f'ulimit -n {descriptors}; exec "$0" "$@"', *command]
    return subprocess.Popen(command, env=environment, cwd=project, stdout=output, stderr=errors)


def serve(asking: socket.socket) -> None:
    """Answer each request with the process it has been given; return in that process, to be it."""
    while True:
        asked, streams, _, _ = socket.recv_fds(asking, 2**20, 2)
        if not asked:
            sys.exit()
        reading, telling = os.pipe()
        if between := os.fork():
            os.close(telling)
            begun = os.read(reading, 32)
            # When this one has ended, the tests' process has become the parent.
            os.waitpid(between, 0)
            asking.send(begun)
            for number in (reading, *streams):
                os.close(number)
            continue
        if pid := os.fork():
            os.write(telling, str(pid).encode())
            os._exit(0)
        for number in (reading, telling):
            os.close(number)
        asking.close()
        become(streams, **json.loads(asked))
        return


def become(
    streams: list[int], words: list[str], environment: dict[str, str], descriptors: int | None
) -> None:
    for number, stream in enumerate(streams, start=1):
        os.dup2(stream, number)
        os.close(stream)
    if descriptors is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.path[1:1] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    sys.argv = ["manage.py", *words]


def import_all() -> None:
    """Import what needs no settings, and what the rest imports."""
    from django.core.exceptions import ImproperlyConfigured

    for name in LIBRARIES:
        import_module(name)
    for package in ("dashboard", "producers"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            with suppress(ImproperlyConfigured):
                import_module(name.removesuffix(".__init__"))


if __name__ == "__main__":
    import_all()
    serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_path("manage.py", run_name="__main__")
