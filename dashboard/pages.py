"""The pages: dashboards, and one page per producer that says what it is and how to feed it."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from dashboard import runtime
from dashboard.layout import lay_out
from dashboard.log.base import LogUnavailable
from dashboard.producer_page import describe, describe_misconfigured
from dashboard.tiles import Dashboard, dashboards, tiles
from dashboard.viewers import viewer_of
from producers.base import utc_now

EVENTS_SHOWN = 50


View: TypeAlias = Callable[..., Coroutine[Any, Any, HttpResponse]]


def needs_log(view: View) -> View:
    """Answer with a page that tries again by itself while the log cannot be read."""

    @wraps(view)
    async def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return await view(request, *args, **kwargs)
        except LogUnavailable:
            response = render(request, "503.html", status=503)
            response.headers["Retry-After"] = "5"
            return response

    return answer


@needs_log
async def wall(request: HttpRequest) -> HttpResponse:
    """The first dashboard."""
    return await _draw(request, next(iter(dashboards().values())))


@needs_log
async def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """The dashboard called `slug`."""
    if slug not in dashboards():
        return not_found(request, "dashboard", slug)
    return await _draw(request, dashboards()[slug])


@needs_log
async def producer(request: HttpRequest, alias: str) -> HttpResponse:
    """One producer: state, options, event model, latest events, how to POST to it."""
    now = await runtime.started()
    viewer = viewer_of(request)
    if alias in now.producers.errors:
        context = describe_misconfigured(now.producers.errors[alias])
    elif alias in now.producers:
        try:
            entries = await now.log.latest(alias, EVENTS_SHOWN)
        except LogUnavailable:
            entries = None
        state, stale = now.hub.state(alias), now.hub.is_stale(alias)
        context = describe(now.producers[alias], state, stale, entries, viewer, utc_now())
    else:
        return not_found(request, "producer", alias)
    shown = [tile for tile in tiles().values() if tile.producer == alias][:1]
    context["tiles"] = [(tile, mark_safe(now.hub.draw(tile, viewer))) for tile in shown]  # noqa: S308
    return render(request, "producer.html", context)


def not_found(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """Return a 404 that lists what there is instead."""
    known = runtime.current().producers
    context = {
        "kind": kind,
        "name": name,
        "dashboards": dashboards().values(),
        "producers": [*known, *known.errors],
    }
    return render(request, "404.html", context, status=404)


async def _draw(request: HttpRequest, shown: Dashboard) -> HttpResponse:
    now = await runtime.started()
    viewer, layout = viewer_of(request), lay_out(shown.tiles)
    context = {
        "dashboard": shown,
        "dashboards": dashboards().values(),
        "columns": layout.columns,
        # What draw() returns is a rendered template: escaped already.
        "places": [(p, mark_safe(now.hub.draw(p.tile, viewer))) for p in layout.places],  # noqa: S308
    }
    return render(request, "dashboard.html", context)
