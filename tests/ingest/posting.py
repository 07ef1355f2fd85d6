"""How ingest's tests post: requests as the ASGI handler makes them, answers read."""

import io
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse

TOKEN = "ew_testtest_" + "s" * 43
NARROW_TOKEN = "ew_narrow00_" + "n" * 43


@dataclass(frozen=True)
class Answer:
    """A response, read."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: Any
    text: str

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.body["type"]).removeprefix("urn:eventwall:problem:")

    @property
    def pointer(self) -> str:
        return str(self.body["errors"][0]["pointer"])


Post: TypeAlias = Callable[..., Awaitable[Answer]]


def read(response: HttpResponse) -> Answer:
    text = response.content.decode()
    kind = response.headers.get("Content-Type", "")
    return Answer(
        response.status_code, kind, response.headers, json.loads(text) if text else None, text
    )


def make_request(
    body: bytes | str = b"",
    content_type: str | None = "application/json",
    *,
    token: str | None = TOKEN,
    method: str = "POST",
    path: str = "/ingest/things/",
    client: str = "192.0.2.1",
    query: str = "",
    headers: Mapping[str, str] | None = None,
) -> HttpRequest:
    """Return the request that Django's ASGI handler would make of this."""
    raw = body.encode() if isinstance(body, str) else body
    sent = {"Host": "localhost", "Content-Length": str(len(raw)), **(headers or {})}
    if content_type is not None:
        sent["Content-Type"] = content_type
    if token is not None:
        sent.setdefault("Authorization", f"Bearer {token}")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "scheme": "http",
        "client": (client, 50000),
        "server": ("127.0.0.1", 8000),
        "headers": [
            (name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()
        ],
    }
    return ASGIRequest(scope, io.BytesIO(raw))
