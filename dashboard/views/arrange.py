"""The views that change what first use has made: how it is drawn, and that it goes."""

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dashboard.tiles.changes import BadChange, fix_widget, remove_producer
from dashboard.tiles.looks import FIXED, look_of
from dashboard.tiles.site import current_site
from dashboard.views.require_arranger import for_arrangers
from dashboard.views.require_sharer import is_htmx
from dashboard.wall import current
from dashboard.widgets.auto_choice import LATELY
from producers.auto import AutoProducer


@for_arrangers
async def fix(request: HttpRequest, alias: str) -> HttpResponse:
    """Have a producer of first use drawn as the widget that is chosen."""
    widget = request.POST.get("widget", "")
    try:
        await sync_to_async(fix_widget)(alias, widget)
    except BadChange as error:
        return _refused(request, error)
    if not is_htmx(request):
        return redirect("dashboard:producer", alias)
    entries = await current.current().log.latest(alias, LATELY)
    producer = AutoProducer(alias, AutoProducer.Options(widget=widget))
    context = {"alias": alias, "look": look_of(producer, entries), "choices": FIXED}
    return render(request, "dashboard/arrange/look.html", context)


@for_arrangers
async def remove(request: HttpRequest, alias: str) -> HttpResponse:
    """Remove a producer that was made on first use; open pages lose its tile by their streams."""
    try:
        if alias not in current_site().stored.first_used:
            raise BadChange(f"producer {alias!r:.100} was not made on first use")
        await sync_to_async(remove_producer)(alias)
    except BadChange as error:
        return _refused(request, error)
    return HttpResponse(status=204) if is_htmx(request) else redirect("dashboard:wall")


def _refused(request: HttpRequest, error: BadChange) -> HttpResponse:
    context = {"refused": str(error)}
    return render(request, "dashboard/arrange/refused.html", context, status=409)
