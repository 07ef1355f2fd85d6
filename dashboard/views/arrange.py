"""The views that change what hangs on the wall: a producer of first use is removed."""

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dashboard.tiles.changes import BadChange, remove_producer
from dashboard.tiles.site import current_site
from dashboard.views.require_arranger import for_arrangers
from dashboard.views.require_sharer import is_htmx


@for_arrangers
async def remove(request: HttpRequest, alias: str) -> HttpResponse:
    """Remove a producer that was made on first use; open pages lose its tile by their streams."""
    try:
        if alias not in current_site().stored.first_used:
            raise BadChange(f"producer {alias!r:.100} was not made on first use")
        await sync_to_async(remove_producer)(alias)
    except BadChange as error:
        context = {"refused": str(error)}
        return render(request, "dashboard/arrange/refused.html", context, status=409)
    return HttpResponse(status=204) if is_htmx(request) else redirect("dashboard:wall")
