"""EventStreamResponse: what a stream view returns."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from django.http import StreamingHttpResponse

from dashboard.live import sse
from dashboard.live.chunk import Chunk, Message
from dashboard.live.stream import Stream
from dashboard.live.subscriber import AsgiSubscriber

HEADERS: Final = {
    "Cache-Control": "no-store, no-transform",
    # Without it nginx keeps events back, and swallows megabytes for a client that has stalled.
    "X-Accel-Buffering": "no",
    # GZipMiddleware leaves alone what has an encoding; it would hold every event back.
    "Content-Encoding": "identity",
}


class EventStreamResponse(StreamingHttpResponse):
    """An endless text/event-stream.

    The lane takes the `stream` and runs it on the connection. Any other handler iterates over
    the response like over every StreamingHttpResponse, at a higher cost per client.
    """

    def __init__(self, stream: Stream) -> None:
        super().__init__(_chunks(stream), content_type="text/event-stream", headers=HEADERS)
        self.stream = stream


async def _chunks(stream: Stream) -> AsyncIterator[bytes]:
    # A place for one message: while it is taken, the client is slow, as with a full socket.
    slot: asyncio.Queue[Message] = asyncio.Queue(1)
    subscriber = AsgiSubscriber(slot.put, cut=lambda: _overwrite(slot))
    yield sse.retry(1, 5)
    attaching = asyncio.ensure_future(stream.attach(subscriber))
    try:
        while True:
            message = await slot.get()
            if message["body"]:
                yield message["body"]
            if not message["more_body"]:
                return
    finally:
        attaching.cancel()
        await asyncio.gather(attaching, return_exceptions=True)
        subscriber.close()


def _overwrite(slot: asyncio.Queue[Message]) -> None:
    while not slot.empty():
        slot.get_nowait()
    slot.put_nowait(Chunk(b"", more=False).message)
