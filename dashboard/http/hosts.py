"""Hosts: a request by a name that is not served here is told so in words, and logged once."""

import logging
from typing import Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from dashboard.http.headers import security_headers
from dashboard.http.middleware import AsyncMiddleware
from dashboard.http.problems import LONGEST_SHOWN, printable
from dashboard.http.rare_log import RareLog

_foreign: Final = RareLog(logging.getLogger(__name__))


def note_foreign_host(error: DisallowedHost) -> None:
    """Log that the wall was asked for by a name that is not served."""
    _foreign.warning("host is not served; EVENTWALL_ALLOWED_HOSTS names those that are: %s", error)


class ServedHostMiddleware(AsyncMiddleware):
    """Answers such requests itself. The first in MIDDLEWARE: those below ask for the host, too.

    Django would log a traceback for each, and with DEBUG on show whoever asks its settings.
    """

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost as error:
            if not _is_style(request):
                note_foreign_host(error)
                return _refusal(request)
        return await self.get_response(request)


def _is_style(request: HttpRequest) -> bool:
    """Whether it is a static file that is asked for, as by the page of the refusal."""
    # Whoever is to be sent to https asks for the host.
    stays = request.is_secure() or not settings.SECURE_SSL_REDIRECT
    return stays and request.path.startswith(str(settings.STATIC_URL))


def _refusal(request: HttpRequest) -> HttpResponse:
    context = {"host": printable(request.META.get("HTTP_HOST", ""), LONGEST_SHOWN)}
    response = render(request, "dashboard/400_host.html", context, status=400)
    for name, value in security_headers(secure=request.is_secure()):
        response.headers[name.decode()] = value.decode()
    # The line in the log is all that is to be logged of it.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
