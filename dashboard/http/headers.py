"""The security headers of every response, on whichever path it is made."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from dashboard.http.middleware import AsyncMiddleware

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors "
)
CONTENT_SECURITY_POLICY: Final = f"{_POLICY}'none'"
"""Nothing inline, nothing evaluated, nothing from elsewhere: what a producer says stays text."""


def let_frame(response: HttpResponseBase, origins: Iterable[str]) -> None:
    """Let the page be framed by this site and by these exact origins, and by nobody else."""
    ancestors = " ".join(["'self'", *origins])
    response.headers["Content-Security-Policy"] = _POLICY + ancestors
    # X-Frame-Options knows no list of origins: where it is sent, no other site may frame.
    response.xframe_options_exempt = True  # type: ignore[attr-defined]


class ContentSecurityPolicyMiddleware(AsyncMiddleware):
    """Adds the policy to what the views return."""

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = await self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


@cache
def security_headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """Return what middleware adds to an empty response (`secure`: over TLS), as ASGI has it.

    For the lane, which passes no middleware.
    """
    request = HttpRequest()
    request._get_scheme = lambda: "https" if secure else "http"  # type: ignore[attr-defined]
    response = HttpResponse()
    del response.headers["Content-Type"]

    def passed(_: HttpRequest) -> HttpResponse:
        return response

    response = SecurityMiddleware(passed).process_response(request, response)
    response = XFrameOptionsMiddleware(passed).process_response(request, response)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return [
        (name.lower().encode("ascii"), value.encode("latin-1"))
        for name, value in response.headers.items()
    ]
