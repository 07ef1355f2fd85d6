"""Unavailable: a page for while the database cannot be used, with a way to try again."""

import logging
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboard.http.middleware import AsyncMiddleware
from dashboard.http.rare_log import RareLog

AWAY: Final = (OperationalError, InterfaceError)
"""Locked, gone, full, not to be written; what is wrong with a statement is another fault."""
_SECRET: Final = "password"  # noqa: S105 - a part of fields' names
_RETRY_AFTER: Final = "5"

_away: Final = RareLog(logging.getLogger(__name__))


def unavailable(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """Return the page, with 503. It looks again by itself, but for what a form has sent.

    That it shows as a button which sends the same once more; passwords are not sent back, so
    there it leads to the form. Logs the error, if it is given.
    """
    if error is not None:
        _away.warning("database unavailable path=%s error=%s", request.path, error)
    sent = request.method == "POST"
    context = {"sent": sent, "fields": _fields(request) if sent else []}
    response = render(request, "dashboard/503.html", context, status=503)
    response.headers["Retry-After"] = _RETRY_AFTER
    response.headers["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


class UnavailableMiddleware(AsyncMiddleware):
    """Answers with the page when a view meets a database that cannot be used."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return unavailable(request, error) if isinstance(error, AWAY) else None


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what the form has sent, to be sent again; nothing where it is a secret or a file."""
    if request.FILES or any(_SECRET in name.lower() for name in request.POST):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]
