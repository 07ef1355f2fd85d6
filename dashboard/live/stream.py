"""Stream: what an open connection is to be sent, whichever way it is sent."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, Self

from dashboard.live import closing, sse
from dashboard.live.admission import Admission
from dashboard.live.audience import Audience
from dashboard.live.chunk import Chunk, Message
from dashboard.live.closing import Reason
from dashboard.live.subscriber import Subscriber

Receive = Callable[[], Awaitable[Message]]


class Watcher(Protocol):
    """Who may end a stream that was let in on an account, because of that account."""

    def enter(self, account: Any, subscriber: Subscriber, stream: "Stream") -> None: ...

    def leave(self, account: Any, subscriber: Subscriber) -> None: ...


class Stream(ABC):
    """Brings a subscriber up to date, then leaves it to the hub."""

    retry: tuple[float, float] = (1, 5)
    """Seconds after which its client is to come back, drawn anew for each: at least, at most."""
    _admission: Admission | None = None
    _client = ""
    _browser = ""
    _has_seat = True
    _watcher: Watcher | None = None
    _account: Any = None

    @property
    def attaches_at_once(self) -> bool:
        """False if `attach` may take so long that the client may leave meanwhile."""
        return True

    @abstractmethod
    async def attach(self, subscriber: Subscriber) -> Audience | None:
        """Send what comes first and join an audience; None: the stream is over already."""

    def follow(self, subscriber: Subscriber) -> None:  # noqa: B027 - most have nothing to do
        """Go on with what it is to be sent since the site is another one."""

    def farewell(self, reason: Reason) -> bytes:
        """Return the last words to a client that may see no more."""
        return closing.to_program(reason)

    def counted(self, admission: Admission, client: str, browser: str = "") -> Self:
        """Have it counted while it is open, as one of the client's at this address.

        With `browser`, see `Admission.take_seat`, it is one of that browser's too.
        """
        self._admission = admission
        self._client = client
        self._browser = browser
        return self

    def watched(self, watcher: Watcher, account: Any) -> Self:
        """Have it known to `watcher` while it is open, as let in on `account`."""
        self._watcher = watcher
        self._account = account
        return self

    async def run(self, subscriber: Subscriber, receive: Receive) -> None:
        """Serve a connection until its client goes or the hub ends it."""
        self.open(subscriber)
        subscriber.stream = self
        try:
            await subscriber.begin(Chunk(sse.retry(*self.retry)))
            if self.attaches_at_once:
                await self.attach(subscriber)
                # The hub writes from here on; all that is left to do is to notice the end.
                while (await receive())["type"] != "http.disconnect":
                    pass
            else:
                await self._attach_while_it_stays(subscriber, receive)
        except asyncio.CancelledError:
            # Where the server knows no other way, a client is cut by ending this task.
            if not subscriber.ended:
                raise
        finally:
            subscriber.close()
            self.over(subscriber)

    def open(self, subscriber: Subscriber) -> None:
        """Be counted and watched."""
        if self._admission is not None:
            self._admission.enter(self._client)
            self._has_seat = self._admission.take_seat(self._client, self._browser)
        if self._watcher is not None:
            self._watcher.enter(self._account, subscriber, self)

    def over(self, subscriber: Subscriber) -> None:
        """Be counted and watched no more."""
        if self._admission is not None:
            self._admission.leave(self._client)
            if self._has_seat:
                self._admission.leave_seat(self._client, self._browser)
        if self._watcher is not None:
            self._watcher.leave(self._account, subscriber)

    async def _attach_while_it_stays(self, subscriber: Subscriber, receive: Receive) -> None:
        attaching = asyncio.ensure_future(self.attach(subscriber))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({attaching, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if attaching.done():
                attaching.result()
                await leaving
        finally:
            attaching.cancel()
            leaving.cancel()
            await asyncio.gather(attaching, leaving, return_exceptions=True)


BUSY: Final = b"data: busy\n\n"
"""What nobody on a page of tiles listens to."""


class Busy(Stream):
    """Ends at once: come back in `low` to `high` seconds.

    An HTTP error instead would make EventSource give up. `said` is a frame that tells a client
    nothing, for the `retry:` to stand in.
    """

    def __init__(self, low: float, high: float, said: bytes = BUSY) -> None:
        self.retry = (low, high)
        self._said = said

    async def attach(self, subscriber: Subscriber) -> None:
        subscriber.end(self._said)


class Farewell(Stream):
    """Says `bye` and ends: to a client that may see nothing here, and need not come back.

    An HTTP error instead would have htmx try again for ever.
    """

    def __init__(self, last_words: bytes) -> None:
        self._last_words = last_words

    async def attach(self, subscriber: Subscriber) -> None:
        subscriber.end(self._last_words)


async def _left(receive: Receive) -> None:
    """Return when the client has gone or the response is over."""
    while (await receive())["type"] != "http.disconnect":
        pass
