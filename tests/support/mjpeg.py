"""MjpegServer: a camera on the network, as many cheap ones are; it may go and come back."""

import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.support.wall import free_port


class MjpegServer:
    """Sends `pictures` round and round, 25 a second, to whoever asks."""

    def __init__(self, pictures: Sequence[bytes]) -> None:
        self.port = free_port("127.0.0.1")
        self.asked: list[str] = []
        self._pictures = pictures
        self._server: ThreadingHTTPServer | None = None
        self._gone = threading.Event()

    @property
    def url(self) -> str:
        return f"http://admin:hunter22@127.0.0.1:{self.port}/video.mjpg?key=sesame"

    def __enter__(self) -> Self:
        self.come()
        return self

    def __exit__(self, *_: object) -> None:
        self.go()

    def come(self) -> None:
        camera, gone = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                number = 0
                while not gone.wait(0.04):
                    picture = camera._pictures[number % len(camera._pictures)]
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}"
                    try:
                        self.wfile.write(head.encode() + b"\r\n\r\n" + picture + b"\r\n")
                    except OSError:
                        return
                    number += 1

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._gone = gone
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def go(self) -> None:
        """End every connection, and take no more."""
        self._gone.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
