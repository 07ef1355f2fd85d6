"""Pages for who may share: anybody else is sent to sign in, or told what they would need."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from dashboard.access.access import Access
from dashboard.access.rights import user_of
from dashboard.access.sharing import PERMISSION, sharer_of
from dashboard.http.prefix import here
from dashboard.views.pages import needs_log
from dashboard.views.require_viewer import for_viewers, sign_in_url

View: TypeAlias = Callable[..., Coroutine[Any, Any, HttpResponse]]


def for_sharers(view: View) -> Callable[..., Coroutine[Any, Any, HttpResponseBase]]:
    """Call the view as `view(request, access, sharer, …)` for who may share, and nobody else.

    htmx is told to load the whole page again when its viewer may no longer share: there it is
    said, or to be signed in.
    """

    @for_viewers
    async def admitted(
        request: HttpRequest, access: Access, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        sharer = await sharer_of(request)
        if sharer is not None:
            return await view(request, access, sharer, *args, **kwargs)
        if await user_of(request) is None:
            return redirect_to_login(here(request), sign_in_url())
        context = framed(access, may_share=False, permission=PERMISSION)
        return render(request, "dashboard/share/not_allowed.html", context, status=403)

    @needs_log
    @wraps(view)
    async def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = await admitted(request, *args, **kwargs)
        if is_htmx(request) and response.status_code in (302, 403):
            response = HttpResponse(status=403, headers={"HX-Refresh": "true"})
        response.headers["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["HX-Request"])
        return response

    return answer


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for, and not a whole one."""
    return request.headers.get("HX-Request") == "true"


def framed(access: Access, **context: Any) -> dict[str, Any]:
    """Return a context with what the frame of these pages needs beside it."""
    return {"account": access.name, "may_share": True} | context
