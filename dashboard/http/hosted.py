"""hosted: makes a view right in any project, whatever its settings, middleware and server."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.handlers.wsgi import WSGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from dashboard.http.headers import CONTENT_SECURITY_POLICY
from dashboard.http.problems import problem
from dashboard.http.unavailable import AWAY, unavailable

View = Callable[..., Any]


def hosted(view: View) -> View:
    """Return `view` with our policy on what it returns, under ASGI alone if it is async.

    Other pages of the project need not keep our policy, so no middleware is asked for. A page that
    meets a database which cannot be used is answered with one that says so, and 503. An async
    view is left out of ATOMIC_REQUESTS, with which Django would not call it.
    """
    if not iscoroutinefunction(view):

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            _note_htmx(request)
            try:
                return _with_policy(view(request, *args, **kwargs))
            except AWAY as error:
                return _with_policy(unavailable(request, error))

        return answer

    @wraps(view)
    async def answer_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request, WSGIRequest):
            return _with_policy(_needs_asgi(request, to_page=not hasattr(view, "direct")))
        _note_htmx(request)
        try:
            return _with_policy(await view(request, *args, **kwargs))
        except AWAY as error:
            if hasattr(view, "direct"):
                raise
            return _with_policy(unavailable(request, error))

    answer_async._non_atomic_requests = frozenset(connections)  # type: ignore[attr-defined]
    return answer_async


def _note_htmx(request: HttpRequest) -> None:
    """Do what HtmxMiddleware does, which a project need not have."""
    if not hasattr(request, "htmx"):
        request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]


def _with_policy(response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    return response


def _needs_asgi(request: HttpRequest, *, to_page: bool) -> HttpResponse:
    # The wall lives on one event loop; under WSGI each request has one of its own, and a stream
    # would keep a whole thread or process.
    if to_page:
        return render(request, "dashboard/needs_asgi.html", status=503)
    return problem(
        "needs-asgi", detail="start `manage.py serve`, or any ASGI server; see docs/django.md"
    )
