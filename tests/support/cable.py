"""Cable: a network of two, ourselves and a machine behind a cable that can be pulled."""

import subprocess
import sys
import uuid
from typing import Self

HOST = "10.213.57.1"
"""Our end."""
THERE = "10.213.57.2"

CLIENT = """
import socket, sys, time
client = socket.create_connection((sys.argv[1], int(sys.argv[2])))
client.sendall(f"GET {sys.argv[3]} HTTP/1.1\\r\\nHost: {sys.argv[1]}\\r\\n\\r\\n".encode())
client.recv(1000)
print("open", flush=True)
while client.recv(65536):
    pass
"""


def can_be_laid() -> bool:
    """Whether this process may make network namespaces."""
    try:
        with Cable():
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


class Cable:
    """Two virtual interfaces; the other one is in a network namespace of its own."""

    def __init__(self) -> None:
        self._name = f"ew{uuid.uuid4().hex[:8]}"

    def __enter__(self) -> Self:
        name = self._name
        _ip("netns", "add", name)
        try:
            _ip("link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b")
            _ip("link", "set", f"{name}b", "netns", name)
            _ip("addr", "add", f"{HOST}/30", "dev", f"{name}a")
            _ip("link", "set", f"{name}a", "up")
            _ip("-n", name, "addr", "add", f"{THERE}/30", "dev", f"{name}b")
            _ip("-n", name, "link", "set", f"{name}b", "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        # The interfaces go with the namespace.
        _ip("netns", "del", self._name)

    def open_stream(self, port: int, path: str) -> subprocess.Popen[str]:
        """Open a stream from the other end; return its client, which reads on."""
        there = ["ip", "netns", "exec", self._name, sys.executable, "-c", CLIENT]
        client = subprocess.Popen(
            [*there, HOST, str(port), path], stdout=subprocess.PIPE, text=True
        )
        assert client.stdout is not None
        assert client.stdout.readline() == "open\n"
        return client

    def pull(self) -> None:
        """From now on, nothing arrives and nothing is said about it."""
        _ip("-n", self._name, "link", "set", f"{self._name}b", "down")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
