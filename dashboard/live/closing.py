"""Bye: the last words of a stream whose client may see no more, and is not to come back."""

import json
from functools import cache
from typing import Final, Literal, NamedTuple, TypeAlias

from django.template.loader import render_to_string

from dashboard.live import sse

Reason: TypeAlias = Literal[
    "signed-out", "invalid", "expired", "ended", "changed", "denied", "over"
]


class Words(NamedTuple):
    """What is said on the page, and what its link, which loads the page again, is called."""

    message: str
    action: str = "Load the page again"


WORDS: Final[dict[Reason, Words]] = {
    "signed-out": Words("You are not signed in", "Sign in"),
    "invalid": Words("The ticket of this page is not valid"),
    "expired": Words("Your session has ended", "Sign in again"),
    "ended": Words("Your session has ended", "Sign in again"),
    "changed": Words("What you may see has changed"),
    "denied": Words("This is not for you to see"),
    "over": Words("This is no longer shown here", ""),
}

_COME_BACK: Final = (30, 60)
"""Seconds after which an EventSource that does not know `bye` tries again, at least and at most."""


def to_page(reason: Reason) -> bytes:
    """Return the bye of a tile stream: HTML that stands where the heartbeat stood."""
    return sse.retry(*_COME_BACK) + _page(reason)


def to_embed(reason: Reason) -> bytes:
    """Return the bye of a tile stream that was shown in another page: all that it says is that."""
    return to_page("over")


def to_program(reason: Reason) -> bytes:
    """Return the bye of an event stream: JSON with the reason and a message."""
    told = {"reason": reason, "message": WORDS[reason].message}
    return sse.retry(*_COME_BACK) + sse.Frame("bye", json.dumps(told)).encode()


@cache
def _page(reason: Reason) -> bytes:
    html = render_to_string("dashboard/bye.html", {"words": WORDS[reason]}).strip()
    return sse.Frame("bye", html).encode()
