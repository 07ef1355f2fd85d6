"""browser_of: which browser asks, where it has but six connections to this host."""

import re
from typing import Final

from django.http import HttpRequest

_MULTIPLEXED: Final = re.compile(r"(HTTP/)?[23](\.0)?\s", re.IGNORECASE)
"""The first entry of Via (RFC 9110, section 7.6.3): the protocol that the browser spoke."""


def browser_of(request: HttpRequest) -> str:
    """Return what the browser calls itself; "" for a program, or for one that speaks HTTP/2.

    Every browser says "Mozilla/" first. Over HTTP/2 and HTTP/3 any number of streams share one
    connection; that it speaks these, the proxy tells by Via. Who lies about it starves but itself.
    """
    name: str = request.META.get("HTTP_USER_AGENT", "")
    if not name.startswith("Mozilla/") or _MULTIPLEXED.match(request.META.get("HTTP_VIA", "")):
        return ""
    return name
