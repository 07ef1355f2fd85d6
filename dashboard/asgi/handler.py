"""The direct lane: hot views without the thread and the hops that Django spends on a request.

The views it calls are ordinary Django views; under any other handler they work too, only slower.
What the middleware would have done for them, the lane does: hosts, limits, headers, errors.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import lru_cache
from typing import Any, Final, NamedTuple

from asgiref.sync import markcoroutinefunction
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve, set_script_prefix
from django.utils.cache import patch_vary_headers

from dashboard.asgi.request import BadHeader, LaneRequest
from dashboard.conf import conf
from dashboard.http.headers import security_headers
from dashboard.http.hosts import note_foreign_host
from dashboard.http.problems import Refused, problem
from dashboard.ingest.body_limit import BodyLimit, body_limit
from dashboard.live.chunk import Chunk, Message
from dashboard.live.coroutines import resume
from dashboard.live.response import EventStreamResponse
from dashboard.live.stream import Receive
from dashboard.live.subscriber import AsgiSubscriber, Send, Subscriber
from dashboard.live.transport import BODILESS, TransportSubscriber

logger = logging.getLogger(__name__)

_MOST_PATHS: Final = 1_000
"""Resolved paths kept; beyond that they are being made up by somebody."""
_UNASKED: Final = 65_535
"""Bytes of a body that is read before the view is asked whether it wants any of this sender."""


class _Direct(NamedTuple):
    view: Callable[..., Awaitable[HttpResponseBase]]
    kwargs: dict[str, Any]


class LaneHandler(ASGIHandler):
    """Django's ASGI handler, with a lane for the views that are marked `direct`."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: dict[str, _Direct | None] = {}

    # Not async itself: a coroutine less for as long as each stream is open.
    @markcoroutinefunction
    def __call__(self, scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
        if scope["type"] == "http":
            path = scope["path"].removeprefix(get_script_prefix(scope))
            if (route := self._route(path)) is not None:
                return self._answer(route, scope, receive, send)
        return super().__call__(scope, receive, send)

    def _route(self, path: str) -> _Direct | None:
        try:
            return self._paths[path]
        except KeyError:
            pass
        try:
            match = resolve(path)
        except Resolver404:
            return None
        view = getattr(match.func, "direct", None)
        found = None if view is None else _Direct(view, match.kwargs)
        if len(self._paths) >= _MOST_PATHS:
            self._paths.clear()
        self._paths[path] = found
        return found

    async def _answer(self, route: _Direct, scope: Message, receive: Receive, send: Send) -> None:
        response = await self._call(route, scope, receive)
        if isinstance(response, EventStreamResponse):
            gzip = conf().STREAM_GZIP and _accepts_gzip(scope)
            if gzip:
                response.headers["Content-Encoding"] = "gzip"
                patch_vary_headers(response, ["Accept-Encoding"])
            headers = _head(tuple(response.headers.items()), scope.get("scheme") == "https").headers
            await send({"type": "http.response.start", "status": 200, "headers": [*headers]})
            subscriber, stream = _subscribe(scope, send, gzip), response.stream
            del response, route, scope
            await stream.run(subscriber, receive)
        elif isinstance(response, HttpResponse):
            head = _head(tuple(response.headers.items()), scope.get("scheme") == "https")
            status, body = response.status_code, response.content
            connection = scope.get("extensions", {}).get("eventwall.connection")
            if connection is None or not connection.respond(scope, status, head.raw, body):
                said = [*head.headers]
                if status not in BODILESS:
                    said.append((b"content-length", str(len(body)).encode()))
                await send({"type": "http.response.start", "status": status, "headers": said})
                await send(Chunk(body, more=False).message)

    async def _call(
        self, route: _Direct, scope: Message, receive: Receive
    ) -> HttpResponseBase | None:
        body = b""
        try:
            if scope["method"] not in ("GET", "HEAD"):
                if _is_large(scope) and (refusal := await _admission(route, scope)) is not None:
                    return refusal
                read = await _read_body(scope, receive)
                if read is None:
                    return None
                body = read
            request = LaneRequest.of(scope, body)
            if request.script_name:
                set_script_prefix(request.script_name)
            request.get_host()
            return await route.view(request, **route.kwargs)
        except Refused as refused:
            return refused.response()
        except DisallowedHost as error:
            note_foreign_host(error)
            return problem("bad-host", detail=str(error))
        except BadHeader as error:
            return problem("bad-request", detail=str(error))
        except Exception:
            logger.exception("view failed path=%s", scope["path"])
            return problem("internal", detail="the fault is ours; it was logged")


class _Head(NamedTuple):
    """A response's headers, as ASGI has them and as they are on the wire."""

    headers: tuple[tuple[bytes, bytes], ...]
    raw: bytes


# Most responses have the same few headers, so they are put into bytes once.
@lru_cache(maxsize=256)
def _head(headers: tuple[tuple[str, str], ...], secure: bool) -> _Head:
    """Return a view's headers with those that middleware would add; none says the length."""
    encoded = {
        name.lower().encode("ascii"): value.encode("latin-1")
        for name, value in headers
        if name.lower() != "content-length"
    }
    whole = tuple((dict(security_headers(secure=secure)) | encoded).items())
    return _Head(whole, b"".join(b"%b: %b\r\n" % header for header in whole))


def _is_large(scope: Message) -> bool:
    """Whether the body is large, as its headers say, or may be, since they do not."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return len(value) > 5 or not value.isdigit() or int(value) > _UNASKED
    return any(name == b"transfer-encoding" for name, _ in scope["headers"])


async def _admission(route: _Direct, scope: Message) -> HttpResponse | None:
    """Return what the view answers before a large body is read; None: it is to be read.

    A view says it by a coroutine function `admits`, which is called as the view is.
    """
    admits = getattr(route.view, "admits", None)
    return None if admits is None else await admits(LaneRequest.of(scope, b""), **route.kwargs)


def _subscribe(scope: Message, send: Send, gzip: bool) -> Subscriber:
    """Return what the hub writes to: our own server's connection, or any server's `send`."""
    connection = scope.get("extensions", {}).get("eventwall.connection")
    if connection is not None:
        return TransportSubscriber(connection, scope, send, gzip=gzip)
    task = asyncio.current_task()
    assert task is not None
    return AsgiSubscriber(send, cut=task.cancel, gzip=gzip)


def _accepts_gzip(scope: Message) -> bool:
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding")
    for offer in accepted.lower().split(b","):
        coding, _, weight = offer.partition(b";")
        if coding.strip() == b"gzip":
            return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


async def _read_body(scope: Message, receive: Receive) -> bytes | None:
    """Return the body; None when the client left. Raises Refused: it is too large or too slow."""
    said = dict(scope["headers"])
    limit = body_limit(said.get(b"content-type", b"").decode("latin-1"))
    limit.require_length(said.get(b"content-length", b"0").decode("latin-1"))
    first: Any = receive()
    if isinstance(first, Coroutine):
        try:
            first = resume(first, first.send(None))
        except StopIteration as received:
            # A small body comes with its headers. It needs no timeout.
            first = _had(received.value)
            if not received.value.get("more_body"):
                return await _collect(first, receive, limit)
    try:
        async with asyncio.timeout(conf().INGEST_TIMEOUT):
            return await _collect(first, receive, limit)
    except TimeoutError:
        raise Refused(
            "too-slow",
            f"the body did not arrive within {conf().INGEST_TIMEOUT:g} s (INGEST_TIMEOUT)",
            headers={"Connection": "close"},
        ) from None


async def _collect(first: Awaitable[Message], receive: Receive, limit: BodyLimit) -> bytes | None:
    chunks, size, message = [], 0, await first
    while message["type"] == "http.request":
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        limit.require_size(size)
        if not message.get("more_body", False):
            return b"".join(chunks)
        message = await receive()
    return None


async def _had(message: Message) -> Message:
    return message
