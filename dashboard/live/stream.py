"""Stream: what an open connection is to be sent, whichever way it is sent."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

from dashboard.live import sse
from dashboard.live.audience import Audience
from dashboard.live.chunk import Chunk, Message
from dashboard.live.subscriber import Subscriber

Receive = Callable[[], Awaitable[Message]]


class Stream(ABC):
    """Brings a subscriber up to date, then leaves it to the hub."""

    @abstractmethod
    async def attach(self, subscriber: Subscriber) -> Audience | None:
        """Send what comes first and join an audience; None: the stream is over already."""

    async def run(self, subscriber: Subscriber, receive: Receive) -> None:
        """Serve a connection until its client goes or the hub ends it."""
        try:
            await subscriber.begin(Chunk(sse.retry(1, 5)))
            await self.attach(subscriber)
            # The hub writes from here on; all that is left to do is to notice the end.
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            subscriber.close()


class Busy(Stream):
    """Ends at once: come back in `low` to `high` seconds.

    An HTTP error instead would make EventSource give up.
    """

    def __init__(self, low: float, high: float) -> None:
        self._again = sse.retry(low, high)

    async def attach(self, subscriber: Subscriber) -> None:
        subscriber.end(self._again)
