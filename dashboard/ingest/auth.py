"""Auth: which token came with a request, and what it may do. Reads no cookie and no database."""

import re
from ipaddress import IPv6Address, ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from dashboard.ingest.tokens import Token, TokenTable
from dashboard.problems import Refused

_BEARER: Final = re.compile(r"bearer(?: +(.*))?", re.IGNORECASE | re.DOTALL)
_CHALLENGE: Final = 'Bearer realm="eventwall"'

_FORWARDED: Final = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
)
"""Headers that betray a proxy: the loopback address is then the proxy's, not the client's."""


def authorize(request: HttpRequest, tokens: TokenTable, alias: str) -> Token:
    """Return the request's token, which allows posting to `alias`. Raises Refused.

    What is answered depends on the token alone, never on whether there is such a producer.
    """
    match = _BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    if match is None:
        raise Refused(
            "no-token",
            "send the header 'Authorization: Bearer <token>'; "
            "`manage.py ingest_token create <name>` makes a token",
            headers={"WWW-Authenticate": _CHALLENGE},
        )
    token = tokens.find(match[1] or "", debug=may_use_debug_token(request))
    if token is None:
        raise Refused(
            "invalid-token",
            "the token is unknown or was revoked; "
            "`manage.py ingest_token list` shows the valid ones",
            headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
        )
    if not token.allows(alias):
        raise Refused(
            "insufficient-scope",
            "the token may post to other producers; "
            "`manage.py ingest_token create <name> --producer <alias>` makes one for this",
            headers={"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope"'},
            legal=sorted(token.producers or ()),
        )
    return token


def may_use_debug_token(request: HttpRequest) -> bool:
    """Whether the debug token works for this client: DEBUG, on this machine, with no proxy."""
    return (
        settings.DEBUG
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(header in request.META for header in _FORWARDED)
    )


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.is_loopback
