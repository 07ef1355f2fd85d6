"""WebSource: a web server that answers as a test says, and remembers what it was asked."""

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Reply(NamedTuple):
    """One answer; `stall`: it is begun, and goes on when the server ends."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    stall: bool = False


class WebSource:
    """Answers each request with what `replies` say of its path; the last of them again."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply | Callable[[Mapping[str, str]], Reply]]] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self._over = threading.Event()
        source = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                source.asked.append((self.path, headers))
                waiting = source.replies[self.path]
                reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                reply = reply if isinstance(reply, Reply) else reply(headers)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 304:
                    self.send_header("Content-Length", str(len(reply.body) + reply.stall))
                self.end_headers()
                try:
                    self.wfile.write(reply.body)
                except OSError:
                    self.close_connection = True
                if reply.stall:
                    self.wfile.flush()
                    source._over.wait(30)
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """Say nothing: a client that goes in the middle is what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
