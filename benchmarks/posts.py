"""Posts: events sent over kept connections, singly or in batches."""

import asyncio
import time


class Sender:
    """One connection that posts and waits for each answer."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self.seconds: list[float] = []
        """How long each post took to be answered."""

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def post(self, body: bytes, media_type: str = "application/json") -> None:
        """Send and wait for the 201; raises RuntimeError on any other answer."""
        head = (
            f"POST /ingest/readings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {media_type}\r\n"
            f"Authorization: Bearer {self._token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(answer.decode())
        length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await self._reader.readexactly(length)
        self.seconds.append(time.perf_counter() - began)

    def close(self) -> None:
        self._writer.close()


def reading() -> bytes:
    """Return a reading whose value is the time, so that its age can be read off at the end."""
    return b'{"value":%.6f}' % time.time()
