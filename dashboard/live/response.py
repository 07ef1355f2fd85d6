"""EventStream: the response of a stream view. The hub writes it; nothing wakes per client."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from django.http import StreamingHttpResponse

from dashboard.live import sse
from dashboard.live.audience import Audience
from dashboard.live.subscriber import Message, Send, Subscriber, chunk

Receive = Callable[[], Awaitable[Message]]

HEADERS = {
    "Cache-Control": "no-store, no-transform",
    # Without it nginx keeps events back, and swallows megabytes for a client that has stalled.
    "X-Accel-Buffering": "no",
    # GZipMiddleware leaves alone what has an encoding; it would hold every event back.
    "Content-Encoding": "identity",
}


class EventStream(StreamingHttpResponse, ABC):
    """An endless text/event-stream.

    The lane calls `serve`, which hands the connection to the hub. Any other handler iterates
    over it like over every StreamingHttpResponse, at a higher cost per client.
    """

    def __init__(self) -> None:
        super().__init__(self._chunks(), content_type="text/event-stream", headers=HEADERS)

    @abstractmethod
    async def attach(self, subscriber: Subscriber) -> Audience | None:
        """Bring the subscriber up to date and join an audience; None: the stream is over."""

    async def serve(self, send: Send, receive: Receive, cut: Callable[[], object]) -> None:
        """Send the body until the client goes or the hub ends it. Headers are sent already."""
        subscriber = Subscriber(send, cut=cut)
        await send(chunk(sse.retry(1, 5)))
        audience = await self.attach(subscriber)
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            subscriber.close()
            if audience is not None:
                audience.leave(subscriber)

    async def _chunks(self) -> AsyncIterator[bytes]:
        # A place for one chunk: when it is taken, the client is slow, as with a full socket.
        slot: asyncio.Queue[Message] = asyncio.Queue(1)
        ended: Message = {"body": b"", "more_body": False}
        subscriber = Subscriber(slot.put, cut=lambda: _replace(slot, ended))
        yield sse.retry(1, 5)
        attaching = asyncio.ensure_future(self.attach(subscriber))
        try:
            while True:
                message: Any = await slot.get()
                if message["body"]:
                    yield message["body"]
                if not message["more_body"]:
                    return
        finally:
            attaching.cancel()
            subscriber.close()
            if attaching.done() and not attaching.cancelled() and (audience := attaching.result()):
                audience.leave(subscriber)


class Busy(EventStream):
    """A stream that ends at once: come back later. An HTTP error would make EventSource give up."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self._again = sse.retry(low, high)

    async def attach(self, subscriber: Subscriber) -> None:
        subscriber.end(self._again)


def _replace(slot: asyncio.Queue[Message], message: Message) -> None:
    while not slot.empty():
        slot.get_nowait()
    slot.put_nowait(message)
