"""EventStream: Server-Sent Events of another server, connection by connection. Needs aiohttp."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

import aiohttp
from yarl import URL

from producers.fetching import FetchFailed
from producers.server_sent import Message, MessageReader, MessageTooLarge
from producers.web_address import WebAddress

_MOST_BYTES: Final = 2**20
"""Of one message: an event of the wall's own size, with room for what is beside it."""
_SOONEST: Final = 0.1
_LATEST: Final = 60.0
"""Seconds within which another connection is made, whatever the source asks for."""


class EventStream:
    """A source at `address`, to which `headers` go; redirects are not followed."""

    def __init__(
        self, session: aiohttp.ClientSession, address: WebAddress, headers: Mapping[str, str]
    ) -> None:
        self._session = session
        self._address = address
        self._headers = headers
        self.pause = 1.0
        """Seconds after which to connect again, once it ended."""

    async def messages(
        self, query: Mapping[str, str], last_id: str | None, silence: float
    ) -> AsyncIterator[Message]:
        """Yield the messages of one connection, from `last_id` on, until the source ends it.

        Raises FetchFailed where there is none, it breaks, or nothing comes for `silence` seconds.
        """
        headers = {**self._headers, "Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        timeout = aiohttp.ClientTimeout(sock_connect=silence, sock_read=silence)
        reader = MessageReader(_MOST_BYTES)
        try:
            async with self._session.get(
                URL(self._address).update_query(query),
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                if response.status != 200 or response.content_type != "text/event-stream":
                    raise self._failed(
                        f"it answers {response.status} with {response.content_type}, "
                        "no text/event-stream"
                    )
                async for piece in response.content.iter_any():
                    for message in reader.feed(piece):
                        yield message
                    if reader.retry is not None:
                        self.pause = min(_LATEST, max(_SOONEST, reader.retry))
        except TimeoutError:
            raise self._failed(f"nothing comes for {silence:g} s") from None
        except (aiohttp.ClientError, MessageTooLarge) as error:
            # Not told as its cause: a traceback would have the address with all that is in it.
            raise self._failed(str(error) or type(error).__name__) from None

    def _failed(self, why: str) -> FetchFailed:
        return FetchFailed(f"{self._address.hide(why)} ({self._address.shown})")
