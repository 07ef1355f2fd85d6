"""RedisProcess: a real redis-server in a directory of its own, on a socket."""

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import redis

PROGRAM: Final = shutil.which("redis-server") or shutil.which("valkey-server")


class RedisProcess:
    """A server that keeps what it acknowledged across `kill` and `start`, until `remove`."""

    def __init__(self) -> None:
        assert PROGRAM is not None, "no Redis: apt-get install redis-server"
        self.directory = Path(tempfile.mkdtemp(prefix="eventwall-redis-"))
        self.socket = self.directory / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self, *options: str) -> None:
        """Start it, and wait until it answers; `options` as on its command line."""
        self._begin(
            *("--port", "0", "--save", "", "--appendonly", "yes", "--appendfsync", "always"),
            *options,
        )

    def watch(self, port: int, master: int) -> None:
        """Be a Sentinel on a port, alone, for the server `wall` that has the port `master`."""
        (self.directory / "sentinel.conf").write_text(
            f"port {port}\n"
            f"sentinel monitor wall 127.0.0.1 {master} 1\n"
            "sentinel down-after-milliseconds wall 500\n"
            "sentinel failover-timeout wall 3000\n"
        )
        self._begin(str(self.directory / "sentinel.conf"), "--sentinel")

    def _begin(self, *options: str) -> None:
        # A file of settings comes first.
        file, rest = (options[:1], options[1:]) if options[0].endswith(".conf") else ((), options)
        self.socket.unlink(missing_ok=True)
        with (self.directory / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(str(PROGRAM), *file, "--unixsocket", str(self.socket)),
                    *("--dir", str(self.directory), *rest),
                ],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.ask("PING")
            except redis.RedisError:
                assert time.monotonic() < deadline, (self.directory / "server.log").read_text()
                time.sleep(0.02)
            else:
                return

    def ask(self, *command: str) -> Any:
        """Return what it answers to a command, texts as str."""
        with redis.Redis(unix_socket_path=str(self.socket), decode_responses=True) as client:
            return client.execute_command(*command)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._send(signal.SIGKILL)
        assert self._process is not None
        self._process.wait()

    def pause(self) -> None:
        """Have it answer nothing until `resume`."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def remove(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
