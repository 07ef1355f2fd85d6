"""Origins: which parents may be named, exactly, to frame an embed or to open its stream."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from dashboard.conf import conf

MOST_ORIGINS: Final = 16
LEGAL: Final = "scheme and host, and the port if it has one: https://wiki.example:8443"

# What may stand in frame-ancestors: no quotes, no semicolon, no address of IPv6.
_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?)(?::(\d{1,5}))?")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}


class BadOrigin(ValueError):
    """A text is no exact origin; the message says what is legal."""


def exact_origin(text: str) -> str:
    """Return the origin as browsers send it: lower case, without a default port.

    Raises BadOrigin: a wildcard, `null`, a path and all else that is more or less than one origin.
    """
    found = _ORIGIN.fullmatch(text.lower())
    if found is None or not 0 < int(found[3] or 1) < 65_536:
        raise BadOrigin(f"origin {text!r:.100} is not legal; legal is {LEGAL}")
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" + (f":{port}" if port and port != _DEFAULT_PORTS[scheme] else "")


def exact_origins(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each of these once, in their order. Raises BadOrigin."""
    origins = tuple(dict.fromkeys(map(exact_origin, texts)))
    if len(origins) > MOST_ORIGINS:
        raise BadOrigin(f"{len(origins)} origins are named; legal are {MOST_ORIGINS} at most")
    return origins


def embed_origins() -> tuple[str, ...]:
    """Return the origins that EMBED_ORIGINS names. Raises BadOrigin."""
    return _kept(conf().EMBED_ORIGINS)


def events_origins() -> tuple[str, ...]:
    """Return the origins that EVENTS_ORIGINS names. Raises BadOrigin."""
    return _kept(conf().EVENTS_ORIGINS)


@lru_cache(maxsize=2)
def _kept(texts: tuple[str, ...]) -> tuple[str, ...]:
    return exact_origins(texts)
