"""Pages for who may arrange: anybody else is told what they would need."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from dashboard.access.access import Access
from dashboard.access.arranging import PERMISSION, may_arrange
from dashboard.views.pages import needs_log, not_found
from dashboard.views.require_sharer import is_htmx
from dashboard.views.require_viewer import for_viewers

View: TypeAlias = Callable[[HttpRequest, str], Coroutine[Any, Any, HttpResponse]]


def for_arrangers(view: View) -> Callable[..., Coroutine[Any, Any, HttpResponseBase]]:
    """Call the view as `view(request, alias)` for a POST of who may arrange and read that producer.

    Who comes by a link, or back from signing in, is led to the producer's page. htmx is told to
    load the whole page again when its viewer may not arrange any more.
    """

    @needs_log
    @for_viewers
    @wraps(view)
    async def answer(request: HttpRequest, access: Access, alias: str) -> HttpResponse:
        if not access.reads(alias):
            return not_found(request, access, "producer", alias)
        if request.method != "POST":
            return redirect("dashboard:producer", alias)
        if await may_arrange(request):
            return await view(request, alias)
        if is_htmx(request):
            return HttpResponse(status=403, headers={"HX-Refresh": "true"})
        context = {"account": access.name, "permission": PERMISSION}
        return render(request, "dashboard/arrange/not_allowed.html", context, status=403)

    return answer
