"""Fetching: one address is asked again and again over HTTP, within bounds. Needs aiohttp."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from producers.base import utc_now
from producers.web_address import WebAddress

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PIECE: Final = 65_536
_LONGEST_PAUSE: Final = 3_600.0
"""Seconds that a server may ask to be left alone."""


class FetchFailed(Exception):
    """There is no answer that can be used; the text says why, without what is secret.

    `pause`: seconds that the server asked to be left alone.
    """

    def __init__(self, why: str, pause: float = 0.0) -> None:
        self.pause = pause
        super().__init__(why)


class Answer(NamedTuple):
    """What was sent, and what the server says of it."""

    body: bytes
    media_type: str
    parameters: Mapping[str, str]

    @property
    def text(self) -> str:
        try:
            return self.body.decode(self.parameters.get("charset", "utf-8"), "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")


@asynccontextmanager
async def http_session() -> AsyncIterator[aiohttp.ClientSession]:
    """Give a session that keeps its connections, and neither cookies nor what the environment
    says: what is asked follows from the options alone."""
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=30),
        headers={"User-Agent": "Eventwall"},
    ) as session:
        yield session


class Fetcher:
    """Asks `address`, and remembers what came to be told that it is still so (RFC 9110, 13)."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        address: WebAddress,
        headers: Mapping[str, str],
        *,
        timeout: float,
        most_bytes: int,
        redirects: int,
    ) -> None:
        """`timeout` is of the whole, in seconds, with `redirects` at most. `headers` go to the
        address's own origin alone."""
        self._session = session
        self._address = address
        self._headers = headers
        self._timeout = timeout
        self._most_bytes = most_bytes
        self._redirects = redirects
        self._known: dict[str, str] = {}

    async def fetch(self) -> Answer | None:
        """Return what is there now; None where it is what it was. Raises FetchFailed."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._fetch(URL(self._address), self._redirects)
        except TimeoutError:
            raise self._failed(f"no answer within {self._timeout:g} s") from None
        except aiohttp.ClientError as error:
            # Not told as its cause: a traceback would have the address with all that is in it.
            raise self._failed(str(error) or type(error).__name__) from None

    async def _fetch(self, url: URL, redirects: int) -> Answer | None:
        headers = CIMultiDict({"Accept": "application/json, text/plain;q=0.9, */*;q=0.8"})
        if url.origin() == URL(self._address).origin():
            headers.update(self._headers)
        headers.update(self._known)
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            if response.status in _REDIRECTS and "Location" in response.headers:
                onward = self._onward(url, response.headers["Location"], redirects)
            elif response.status == 304 and self._known:
                return None
            elif response.status != 200:
                self._known = {}
                reason = f"{response.status} {response.reason or ''}".strip()
                raise self._failed(f"the server answers {reason}", _pause(response))
            else:
                return await self._read(response)
        return await self._fetch(onward, redirects - 1)

    def _onward(self, url: URL, location: str, redirects: int) -> URL:
        if redirects <= 0:
            raise self._failed(f"it is redirected more than {self._redirects} times")
        try:
            onward = url.join(URL(location))
            onward.origin()
        except ValueError:
            raise self._failed("it is redirected to what is no URL") from None
        if onward.scheme not in ("http", "https") or (url.scheme, onward.scheme) == (
            "https",
            "http",
        ):
            raise self._failed(f"it is redirected to {onward.scheme}, which is not followed")
        return onward

    async def _read(self, response: aiohttp.ClientResponse) -> Answer:
        body = bytearray()
        async for piece in response.content.iter_chunked(_PIECE):
            body += piece
            if len(body) > self._most_bytes:
                raise self._failed(f"it is larger than {self._most_bytes:,} bytes")
        told = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
        self._known = {
            ask: response.headers[said] for ask, said in told.items() if said in response.headers
        }
        said = EmailMessage()
        said["Content-Type"] = response.headers.get("Content-Type", "application/octet-stream")
        return Answer(bytes(body), said.get_content_type(), said["Content-Type"].params)

    def _failed(self, why: str, pause: float = 0.0) -> FetchFailed:
        return FetchFailed(f"{self._address.hide(why)} ({self._address.shown})", pause)


def _pause(response: aiohttp.ClientResponse) -> float:
    """Return the seconds that `Retry-After` asks for, as a number or as a date; 0: none."""
    said = response.headers.get("Retry-After", "")
    try:
        if said.isascii() and said.isdecimal():
            pause = float(said)
        else:
            pause = (parsedate_to_datetime(said) - utc_now()).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return min(_LONGEST_PAUSE, max(0.0, pause))
