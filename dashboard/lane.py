"""The direct lane: hot views without the thread and the hops that Django spends on a request.

The views it calls are ordinary Django views; under any other handler they work too, only slower.
What the middleware would have done for them, the lane does: hosts, limits, headers, errors.
"""

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple, TypeVar

from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve

from dashboard.conf import conf
from dashboard.headers import security_headers
from dashboard.live.response import EventStream, Receive
from dashboard.live.subscriber import Message, Send, chunk
from dashboard.problems import problem

logger = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Awaitable[HttpResponseBase]])

_MOST_PATHS: Final = 1_000
"""Resolved paths kept; beyond that they are being made up by somebody."""


class _Direct(NamedTuple):
    view: Callable[..., Awaitable[HttpResponseBase]]
    kwargs: dict[str, Any]


def direct(view: View) -> View:
    """Mark an async view as one that needs no middleware, session or database connection."""
    view.direct = True  # type: ignore[attr-defined]
    return view


class LaneHandler(ASGIHandler):
    """Django's ASGI handler, with a lane for the views that are marked `direct`."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: dict[str, _Direct | None] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (route := self._route(scope["path"])) is not None:
            await self._answer(route, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def _route(self, path: str) -> _Direct | None:
        try:
            return self._paths[path]
        except KeyError:
            pass
        try:
            match = resolve(path)
        except Resolver404:
            return None
        found = _Direct(match.func, match.kwargs) if hasattr(match.func, "direct") else None
        if len(self._paths) >= _MOST_PATHS:
            self._paths.clear()
        self._paths[path] = found
        return found

    async def _answer(self, route: _Direct, scope: Message, receive: Receive, send: Send) -> None:
        response = await self._respond(route, scope, receive)
        if response is None:
            return
        secure = security_headers(secure=scope.get("scheme") == "https")
        for name, value in secure.items():
            response.headers.setdefault(name, value)
        if isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
        await send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": [
                    (name.lower().encode("ascii"), value.encode("latin-1"))
                    for name, value in response.headers.items()
                ],
            }
        )
        if isinstance(response, EventStream):
            await response.serve(send, receive, _cut(scope))
        elif isinstance(response, HttpResponse):
            await send(chunk(response.content, more=False))

    async def _respond(
        self, route: _Direct, scope: Message, receive: Receive
    ) -> HttpResponseBase | None:
        body = b""
        try:
            if scope["method"] not in ("GET", "HEAD"):
                read = await _read_body(scope, receive)
                if not isinstance(read, bytes):
                    return read
                body = read
            try:
                request = ASGIRequest(scope, io.BytesIO(body))
            except ValueError as error:
                # Django reads the query string and the Content-Type there, and trips over them.
                return problem("bad-request", detail=f"a header or the query: {error}")
            request.get_host()
            return await route.view(request, **route.kwargs)
        except DisallowedHost as error:
            return problem("bad-host", detail=str(error))
        except Exception:
            logger.exception("view failed path=%s", scope["path"])
            return problem("internal", detail="the fault is ours; it was logged")


def _cut(scope: Message) -> Callable[[], object]:
    """Return what ends this connection at once: our server's way, else the end of its task."""
    if (abort := scope.get("extensions", {}).get("eventwall.abort")) is not None:
        return abort  # type: ignore[no-any-return]
    task = asyncio.current_task()
    assert task is not None
    return task.cancel


async def _read_body(scope: Message, receive: Receive) -> bytes | HttpResponseBase | None:
    """Return the body; a refusal when it is too large or too slow; None when the client left."""
    limit = conf().INGEST_MAX_BYTES
    too_large = f"the body may have {limit} bytes (INGEST_MAX_BYTES); send less at once"
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > limit:
        return problem("too-large", detail=too_large)
    chunks, size = [], 0
    try:
        async with asyncio.timeout(conf().INGEST_TIMEOUT):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > limit:
                    return problem("too-large", detail=too_large)
                if not message.get("more_body", False):
                    return b"".join(chunks)
    except TimeoutError:
        return problem(
            "too-slow",
            detail=f"the body did not arrive within {conf().INGEST_TIMEOUT:g} s (INGEST_TIMEOUT)",
            headers={"Connection": "close"},
        )
