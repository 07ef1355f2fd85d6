"""Connection: a kept HTTP connection that posts and reads answers, and nothing else."""

import socket
from collections.abc import Mapping


def request(
    path: str, body: bytes, headers: Mapping[str, str], *, media_type: str = "application/json"
) -> bytes:
    """Return a POST as it goes over the wire."""
    given = {
        "Host": "127.0.0.1",
        "Content-Type": media_type,
        "Content-Length": str(len(body)),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def answered(data: bytes) -> bool:
    """Return whether `data` is a whole answer; raises RuntimeError if it is no 2xx."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return False
    if not head.startswith(b"HTTP/1.1 2"):
        raise RuntimeError(f"a POST was answered with {data[:500]!r}")
    lower = head.lower()
    if b"\r\ntransfer-encoding: chunked" in lower:
        return body.endswith(b"0\r\n\r\n")
    length = lower.partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length or b"0")


class Connection:
    """One request at a time; `send` first waits for the answer to the one before."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waiting = False

    def send(self, request: bytes) -> None:
        """Send; raises RuntimeError if the one before was answered with no 2xx."""
        self.settle()
        self._socket.sendall(request)
        self._waiting = True

    def settle(self) -> None:
        """Wait for the answer that is due, if any."""
        data = b""
        while self._waiting:
            more = self._socket.recv(65_536)
            if not more:
                raise RuntimeError(f"the server closed a POST's connection after {data[:500]!r}")
            data += more
            self._waiting = not answered(data)

    def close(self) -> None:
        self._socket.close()
