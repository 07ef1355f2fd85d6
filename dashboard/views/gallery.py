"""The gallery's page: every widget in every state, with DEBUG alone."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from dashboard.gallery.cases import cases
from dashboard.gallery.picture import picture as drawn
from dashboard.gallery.specimens import PICTURES
from dashboard.pictures.names import fetched_with
from dashboard.tiles.render import Viewer, draw_face, under_heading
from dashboard.tiles.sight import Sight
from dashboard.widgets.registry import WIDGETS
from producers.base import utc_now


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All widgets, or with ?widget= the one of that name."""
    _with_debug_alone()
    names = list(WIDGETS)
    wanted = request.GET.get("widget")
    if wanted is not None and wanted not in WIDGETS:
        raise Http404(f"no widget is called {wanted!r:.80}; there are: {', '.join(names)}")
    now = utc_now()
    viewer = Viewer(f"{request.scheme}://{request.get_host()}", None)
    # Its pictures are in no store: they are fetched from below the gallery.
    with fetched_with(reverse("dashboard:gallery").rstrip("/"), "made-up"):
        shown = [
            (name, [(sight.tile, _inside(sight, viewer)) for _, sight in cases(name, now)])
            for name in ([wanted] if wanted else names)
        ]
    return render(request, "dashboard/gallery.html", {"names": names, "shown": shown})


@require_safe
def picture(request: HttpRequest, alias: str, picture_id: str) -> HttpResponse:
    """One of the gallery's two pictures."""
    _with_debug_alone()
    if picture_id not in PICTURES:
        raise Http404("no picture of the gallery's")
    return HttpResponse(drawn(evening=picture_id == PICTURES[1]), content_type="image/png")


def _inside(sight: Sight, viewer: Viewer) -> str:
    tile = under_heading(draw_face(sight, viewer).html, sight.tile, Viewer("", None, is_guest=True))
    return mark_safe(tile)  # noqa: S308 - rendered: escaped


def _with_debug_alone() -> None:
    if not settings.DEBUG:
        raise Http404("the gallery is there with DEBUG alone")
