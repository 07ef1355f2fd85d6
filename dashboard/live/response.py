"""EventStreamResponse: what a stream view returns."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

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
    the response like over every StreamingHttpResponse, at a higher cost per client. `close`: the
    connection is not to be kept for another request.
    """

    def __init__(self, stream: Stream, *, close: bool = False) -> None:
        super().__init__(_chunks(stream), content_type="text/event-stream", headers=HEADERS)
        self.stream = stream
        if close:
            self.headers["Connection"] = "close"


async def _chunks(stream: Stream) -> AsyncIterator[bytes]:
    # A place for one message: while it is taken, the client is slow, as with a full socket.
    slot: asyncio.Queue[Message] = asyncio.Queue(1)
    subscriber = AsgiSubscriber(slot.put, cut=lambda: _overwrite(slot))
    stream.open(subscriber)
    attaching = asyncio.ensure_future(stream.attach(subscriber))
    attaching.add_done_callback(lambda done: _end_if_failed(done, slot))
    try:
        yield sse.retry(*stream.retry)
        while True:
            message = await slot.get()
            if message["body"]:
                yield message["body"]
            if not message["more_body"]:
                if attaching.done():
                    attaching.result()
                return
    finally:
        attaching.cancel()
        await asyncio.gather(attaching, return_exceptions=True)
        subscriber.close()
        stream.over(subscriber)


def _end_if_failed(attaching: asyncio.Future[Any], slot: asyncio.Queue[Message]) -> None:
    # What failed is raised where the messages are taken, and so by the response.
    if not attaching.cancelled() and attaching.exception() is not None:
        _overwrite(slot)


def _overwrite(slot: asyncio.Queue[Message]) -> None:
    while not slot.empty():
        slot.get_nowait()
    slot.put_nowait(Chunk(b"", more=False).message)
