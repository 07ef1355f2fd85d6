"""Refusals: what a stream's request is answered with when it is not let in."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from dashboard.access.access import Denial
from dashboard.http.problems import problem
from dashboard.live.closing import Reason
from dashboard.live.response import EventStreamResponse
from dashboard.live.stream import Farewell

LastWords = Callable[[Reason], bytes]

_CHALLENGE: Final = 'Bearer realm="eventwall"'
_DETAILS: Final[dict[Denial, str]] = {
    "signed-out": "send the header 'Authorization: Bearer <ticket>', or sign in with a browser; "
    "`manage.py ticket <username>` makes a ticket",
    "invalid": "the ticket was not made by this wall, or is damaged; "
    "`manage.py ticket <username>` makes one",
    "expired": "the ticket has expired; `manage.py ticket <username>` makes another",
    "ended": "the ticket was taken back: its holder was disabled, signed out or revoked",
}


def refuse(request: HttpRequest, why: Denial, last_words: LastWords) -> HttpResponseBase:
    """Answer who may see nothing: `bye` to an EventSource, 401 to any other client.

    An EventSource sees no status, and htmx would try again for ever after an error.
    """
    if is_event_source(request):
        return EventStreamResponse(Farewell(last_words(why)))
    error = "" if why == "signed-out" else ', error="invalid_token"'
    return problem(
        "no-ticket" if why == "signed-out" else "invalid-ticket",
        detail=_DETAILS[why],
        headers={"WWW-Authenticate": f"{_CHALLENGE}{error}", "Cache-Control": "no-store"},
    )


def is_event_source(request: HttpRequest) -> bool:
    """Whether this is the request of an EventSource: each of them says what it accepts."""
    accepted: str = request.META.get("HTTP_ACCEPT", "")
    return request.method == "GET" and "text/event-stream" in accepted
