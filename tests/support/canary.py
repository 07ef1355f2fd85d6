"""Canary: a server of another origin that nobody is to ask; and the sink for CSP's reports."""

import http.server
import threading
from typing import Any, Self


class Canary:
    """`asked` has the path of each request, `reports` the body of each report to `/report`.

    Use it as a context manager. Any origin may read what it answers.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.reports: list[str] = []
        canary = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                canary.asked.append(self.path)
                self._answer()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                if self.path == "/report":
                    canary.reports.append(body)
                else:
                    canary.asked.append(self.path)
                self._answer()

            def _answer(self) -> None:
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
