"""The debug token: made from SECRET_KEY, good for posting from this machine while DEBUG is on."""

from base64 import urlsafe_b64encode
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

DEBUG_PREFIX: Final = "loopback"
_FORWARDED: Final = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
)
"""Headers that betray a proxy: the loopback address is then the proxy's, not the client's."""


def debug_token() -> str:
    """Return the token for DEBUG and loopback, made from SECRET_KEY; always the same."""
    return _debug_token(settings.SECRET_KEY)


@lru_cache(maxsize=1)
def _debug_token(secret_key: str) -> str:
    made = salted_hmac("eventwall.ingest.debug_token", "1", secret_key, algorithm="sha256")
    return f"ew_{DEBUG_PREFIX}_{urlsafe_b64encode(made.digest()).decode().rstrip('=')}"


def may_use_debug_token(request: HttpRequest) -> bool:
    """Whether the debug token works for this client: DEBUG, on this machine, with no proxy."""
    return (
        settings.DEBUG
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(header in request.META for header in _FORWARDED)
    )


@lru_cache(maxsize=1_000)
def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.is_loopback
