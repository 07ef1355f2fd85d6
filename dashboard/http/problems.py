"""Problems: every refusal, from one table, as RFC 9457 documents that show no unprintable input."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from django.http import HttpResponse

MEDIA_TYPE: Final = "application/problem+json"
LONGEST_SHOWN: Final = 80
"""Characters of a sender's input that an answer may show."""

LONGEST_DETAIL: Final = 600
"""Characters of one explanation."""

MOST_ERRORS: Final = 10
"""Faults named in one answer; the rest is seen after these are mended."""


class _Row(NamedTuple):
    status: HTTPStatus
    title: str
    stores: bool = True
    """Whether it answers somebody who wanted to store: then it says that nothing was."""


PROBLEMS: Final[Mapping[str, _Row]] = {
    "bad-request": _Row(HTTPStatus.BAD_REQUEST, "The request is malformed"),
    "unknown-parameter": _Row(
        HTTPStatus.BAD_REQUEST, "The query has a parameter that is not known here"
    ),
    "bad-host": _Row(HTTPStatus.BAD_REQUEST, "This host name is not served here", False),
    "bad-since": _Row(HTTPStatus.BAD_REQUEST, "No stream can start there", False),
    "bad-encoding": _Row(HTTPStatus.BAD_REQUEST, "The body is not UTF-8 text"),
    "bad-json": _Row(HTTPStatus.BAD_REQUEST, "The body is not strict JSON"),
    "empty": _Row(HTTPStatus.BAD_REQUEST, "The body holds no event"),
    "bad-attribute": _Row(HTTPStatus.BAD_REQUEST, "An attribute of the event is not legal"),
    "no-token": _Row(HTTPStatus.UNAUTHORIZED, "A token is needed"),
    "invalid-token": _Row(HTTPStatus.UNAUTHORIZED, "The token is not valid"),
    "no-ticket": _Row(HTTPStatus.UNAUTHORIZED, "A ticket is needed", False),
    "invalid-ticket": _Row(HTTPStatus.UNAUTHORIZED, "The ticket is not valid", False),
    "ticket-for-tiles": _Row(HTTPStatus.FORBIDDEN, "The ticket is for tiles", False),
    "invalid-signature": _Row(HTTPStatus.UNAUTHORIZED, "The signature is not valid"),
    "insufficient-scope": _Row(HTTPStatus.FORBIDDEN, "The token is for other producers"),
    "unknown-producer": _Row(HTTPStatus.NOT_FOUND, "There is no such producer"),
    "bad-name": _Row(HTTPStatus.BAD_REQUEST, "No producer can have this name"),
    "wall-full": _Row(HTTPStatus.CONFLICT, "There is no room for another producer"),
    "unknown-dashboard": _Row(HTTPStatus.NOT_FOUND, "There is no such dashboard", False),
    "unknown-tile": _Row(HTTPStatus.NOT_FOUND, "There is no such tile", False),
    "foreign-origin": _Row(
        HTTPStatus.FORBIDDEN, "Pages of this origin may not read the stream", False
    ),
    "unknown-embed": _Row(HTTPStatus.NOT_FOUND, "There is nothing to embed at this URL", False),
    "bad-size": _Row(HTTPStatus.BAD_REQUEST, "This is no size in pixels", False),
    "format-not-made": _Row(HTTPStatus.NOT_IMPLEMENTED, "This format is not made here", False),
    "unknown-picture": _Row(HTTPStatus.NOT_FOUND, "There is no such picture", False),
    "method-not-allowed": _Row(
        HTTPStatus.METHOD_NOT_ALLOWED, "This method is not allowed here", False
    ),
    "too-slow": _Row(HTTPStatus.REQUEST_TIMEOUT, "The body took too long to arrive"),
    "key-conflict": _Row(HTTPStatus.CONFLICT, "The idempotency key is taken by other content"),
    "too-large": _Row(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body or an event is too large"),
    "too-many-events": _Row(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The batch has too many events"),
    "unsupported-media-type": _Row(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This kind of body is not taken here"
    ),
    "unsupported-content-encoding": _Row(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This encoding of a body is not taken"
    ),
    "invalid-event": _Row(
        HTTPStatus.UNPROCESSABLE_ENTITY, "The data does not fit what the producer takes"
    ),
    "headers-too-large": _Row(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers or trailers are too large"
    ),
    "unsupported-transfer-coding": _Row(
        HTTPStatus.NOT_IMPLEMENTED, "This transfer coding is not taken"
    ),
    "rate-limited": _Row(HTTPStatus.TOO_MANY_REQUESTS, "Too many events for now"),
    "bad-picture": _Row(
        HTTPStatus.UNPROCESSABLE_ENTITY, "The picture is damaged, or more than one picture"
    ),
    "internal": _Row(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed", False),
    "needs-asgi": _Row(HTTPStatus.SERVICE_UNAVAILABLE, "This server speaks WSGI"),
    "log-unavailable": _Row(HTTPStatus.SERVICE_UNAVAILABLE, "The log cannot store events now"),
    "pictures-unavailable": _Row(HTTPStatus.SERVICE_UNAVAILABLE, "Pictures cannot be stored now"),
    "producer-misconfigured": _Row(HTTPStatus.SERVICE_UNAVAILABLE, "The producer is misconfigured"),
}
"""Every code there is; the `type` is urn:eventwall:problem:<code>."""


class Refused(Exception):
    """A request is answered with a problem; nothing of it was stored."""

    def __init__(
        self, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **extras: Any
    ) -> None:
        self.code = code
        self.detail = detail
        self.headers = headers
        self.extras = extras
        super().__init__(f"{code}: {detail}")

    def response(self) -> HttpResponse:
        return problem(self.code, self.detail, headers=self.headers, **self.extras)


def problem(
    code: str, detail: str, *, headers: Mapping[str, str] | None = None, **extras: Any
) -> HttpResponse:
    """Return the problem document for `code`; `extras` become its extension members.

    It shows no unprintable character, whatever `detail` holds. Raises KeyError on a code that is
    not in PROBLEMS.
    """
    row = PROBLEMS[code]
    document = {
        "type": f"urn:eventwall:problem:{code}",
        "title": row.title,
        "status": row.status.value,
        "detail": printable(detail, LONGEST_DETAIL),
        **({"stored": 0} if row.stores else {}),
        **extras,
    }
    return HttpResponse(
        json.dumps(document, ensure_ascii=False) + "\n",
        content_type=MEDIA_TYPE,
        status=row.status.value,
        headers=headers,
    )


def shown(value: str, most: int = LONGEST_SHOWN) -> str:
    """Return `value` in quotes for a message: escaped where unprintable, cut to `most`."""
    text = repr(value[:most])
    return text if len(text) <= most else text[: most - 1] + "…"


def printable(text: str, most: int) -> str:
    """Return `text` with its unprintable characters replaced, cut to `most`."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:most])
    return clean if len(text) <= most else clean[: most - 1] + "…"


def pointer(path: Sequence[str | int]) -> str:
    """Return `path` as a JSON pointer in URI fragment form (RFC 6901, section 6).

    Where a name on the way is unprintable, or too long to be shown, the pointer ends at what
    encloses it: it always points to something that is there.
    """
    fragment = "#"
    for part in path:
        name = str(part)
        if not name.isprintable():
            break
        escaped = quote(name.replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@")
        if len(fragment) + len(escaped) >= LONGEST_SHOWN:
            break
        fragment += "/" + escaped
    return fragment


def error_at(path: Sequence[str | int], detail: str) -> dict[str, str]:
    """Return one item of a problem's `errors`."""
    return {"pointer": pointer(path), "detail": printable(detail, LONGEST_DETAIL)}
