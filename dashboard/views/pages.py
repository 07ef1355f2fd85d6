"""The pages: dashboards, and one page per producer that says what it is and how to feed it."""

import random
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Any, Final, TypeAlias

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import mark_safe

from dashboard.access.access import Access
from dashboard.access.arranging import may_arrange
from dashboard.access.sharing import sharer_of
from dashboard.access.table import AccessUnavailable
from dashboard.access.viewer import viewer_of
from dashboard.conf import conf
from dashboard.embeds.addresses import oembed_path
from dashboard.http.prefix import here
from dashboard.http.problems import Refused
from dashboard.http.unavailable import unavailable
from dashboard.live.subjects import TooManySubjects
from dashboard.log.base import LogUnavailable
from dashboard.tiles.build import build
from dashboard.tiles.layout import lay_out
from dashboard.tiles.looks import FIXED
from dashboard.tiles.overview import summary, title_of
from dashboard.tiles.site import Dashboard, current_site, layout_of
from dashboard.tiles.subjects import about
from dashboard.views.asked_subject import asked_subject, in_query
from dashboard.views.producer_page import describe, describe_misconfigured, first_curl
from dashboard.views.require_viewer import for_viewers
from dashboard.wall import current
from producers.base import utc_now

EVENTS_SHOWN = 50
_FEW: Final = 20
"""Pages that may fetch their new tiles at once."""
_SPREAD: Final = 10
_SPREAD_MOST: Final = 5_000
"""Milliseconds over which many of them come, for each page that is open, and in all."""
_IN_ONE_LINE: Final = 70
"""Letters of dashboards' titles, with what is between, for which a header has room in one line."""
_BESIDE: Final = 3
_RELOADED = "eventwall_build"
"""The cookie of a page that was loaded again for the build it names."""


View: TypeAlias = Callable[..., Coroutine[Any, Any, HttpResponseBase]]
Walls: TypeAlias = Mapping[str, Dashboard]
"""Slug → dashboard, as one viewer has them."""


def needs_log(view: View) -> View:
    """Answer with a page that tries again by itself while the log cannot be read."""

    @wraps(view)
    async def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return await view(request, *args, **kwargs)
        except (LogUnavailable, AccessUnavailable, TooManySubjects):
            return unavailable(request)
        except Refused as refused:
            return refused.response()

    return answer


@needs_log
@for_viewers
async def wall(request: HttpRequest, access: Access) -> HttpResponse:
    """The first dashboard that the viewer may see."""
    walls = _walls(request, access)
    if not walls:
        return render(request, "dashboard/nothing.html", {"account": access.name})
    return await _draw(request, access, walls, next(iter(walls)))


@needs_log
@for_viewers
async def dashboard(request: HttpRequest, access: Access, slug: str) -> HttpResponse:
    """The dashboard called `slug`."""
    walls = _walls(request, access, slug)
    if slug not in walls:
        return not_found(request, access, "dashboard", slug)
    return await _draw(request, access, walls, slug)


@needs_log
@for_viewers
async def producer(request: HttpRequest, access: Access, alias: str) -> HttpResponse:
    """One producer: state, options, event model, latest events, how to POST to it."""
    now = await current.started()
    viewer = viewer_of(request, access)
    if not access.reads(alias):
        return not_found(request, access, "producer", alias)
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
        return not_found(request, access, "producer", alias)
    if alias in current_site().stored.first_used and await may_arrange(request):
        context["choices"] = FIXED
        context["may_arrange"] = True
    shown = [tile for tile in access.all_tiles().values() if tile.producer == alias][:1]
    context["tiles"] = [(tile, mark_safe(now.hub.draw(tile, viewer))) for tile in shown]  # noqa: S308
    context["pulse"] = mark_safe(now.hub.pulse(viewer))  # noqa: S308
    context["account"] = access.name
    context["may_share"] = await sharer_of(request) is not None
    if context["may_share"]:  # names of machines are not for everybody
        context["run_by"] = now.duties.holders.get(alias)
    if shown and conf().ACCESS == "public":
        context["oembed"] = viewer.base_url + oembed_path(viewer.base_url + here(request))
    return render(request, "dashboard/producer.html", context)


def not_found(request: HttpRequest, access: Access, kind: str, name: str) -> HttpResponse:
    """Return a 404 that lists what there is instead, as far as the viewer may see it."""
    known = current.current().producers
    context = {
        "kind": kind,
        "name": name,
        "dashboards": access.all_dashboards().values(),
        "producers": [alias for alias in (*known, *known.errors) if access.reads(alias)],
        "account": access.name,
    }
    return render(request, "dashboard/404.html", context, status=404)


@needs_log
@for_viewers
async def grid(request: HttpRequest, access: Access, slug: str) -> HttpResponse:
    """The tiles of a dashboard that is open already, for its page to put in the old ones' place.

    A page of another build loads itself again, and so does one whose dashboard has gone. Its
    stream's URL stays what it was, so it may be told again of a layout that it has: 204.
    """
    walls = _walls(request, access, slug)
    is_old = request.GET.get("build") != build()
    if slug not in walls or (is_old and request.COOKIES.get(_RELOADED) != build()):
        response = HttpResponse(headers={"HX-Refresh": "true"})
        # While two builds serve beside each other, a page is not sent from one to the other.
        response.set_cookie(_RELOADED, build(), max_age=60, httponly=True, samesite="Lax")
        return response
    if request.GET.get("layout") == layout_of(walls, slug):
        return HttpResponse(status=204)
    return await _draw(request, access, walls, slug, "dashboard/grid.html")


def _walls(request: HttpRequest, access: Access, slug: str | None = None) -> Walls:
    """Return the dashboards that may be seen, the one of `slug`, or else the first, as a page of
    the subject that the request asks for. Raises Refused."""
    walls, subject = access.all_dashboards(), asked_subject(request)
    slug = next(iter(walls), "") if slug is None else slug
    return walls if subject is None or slug not in walls else about(walls, slug, subject)


async def _draw(
    request: HttpRequest,
    access: Access,
    walls: Walls,
    slug: str,
    template: str = "dashboard/dashboard.html",
) -> HttpResponse:
    now, shown = await current.started(), walls[slug]
    viewer, layout = viewer_of(request, access), lay_out(shown.tiles)
    linked = access.all_dashboards().values()
    if shown.subject is not None:
        await now.hub.subjects.prepare(shown.tiles)
    # What draw() returns is a rendered template: escaped already.
    places = [(p, mark_safe(now.hub.draw(p.tile, viewer))) for p in layout.places]  # noqa: S308
    wrong = now.hub.tile_cache.noted(shown.tiles, viewer)
    arranges = shown.subject is None and await may_arrange(request)
    context = {
        "dashboard": shown,
        "page_title": title_of(shown.title, wrong),
        "summary": mark_safe(summary(wrong)),  # noqa: S308 - rendered as well
        "dashboards": linked,
        "links_fit": sum(len(one.title) + _BESIDE for one in linked) <= _IN_ONE_LINE,
        "columns": layout.columns,
        "theme": shown.appearance.theme,
        "tracks": layout.tracks,
        "rows": layout.rows,
        "layout": layout_of(walls, slug),
        "subject": in_query(shown.subject),
        "spread": _spread(now.admission.open),
        "build": build(),
        "places": places,
        "pulse": mark_safe(now.hub.pulse(viewer)),  # noqa: S308
        "account": access.name,
        # A tile of a page of one subject is nobody's but the page's.
        "may_share": shown.subject is None and await sharer_of(request) is not None,
        "may_arrange": arranges,
        "viewer": viewer,
        "first_curl": None if shown.tiles or not conf().AUTO_PRODUCERS_MAX else first_curl(viewer),
        "removable": current_site().stored.first_used if arranges else (),
    }
    return render(request, template, context)


def _spread(pages: int) -> int:
    """Return for how many milliseconds a page is to wait before it fetches its new tiles, so that
    of many pages not all come at once."""
    most = min(_SPREAD_MOST, pages * _SPREAD)
    return random.randrange(most) if pages > _FEW else 0  # noqa: S311 - no secret
