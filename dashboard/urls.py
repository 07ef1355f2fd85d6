"""The wall's URLs; include them where the wall shall stand."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, re_path
from django.urls import path as django_path

from dashboard.embeds import style
from dashboard.http.hosted import hosted
from dashboard.views import (
    arrange,
    embed_list,
    embed_svg,
    health,
    oembed,
    pages,
    revive,
    share,
    streams,
)
from dashboard.views import embed as embeds
from dashboard.views import gallery as galleries
from dashboard.views import login as access
from dashboard.views.ingest import ingest
from dashboard.views.pictures import picture

app_name = "dashboard"


def path(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    return django_path(route, hosted(view), name=name)


urlpatterns = [
    path("", pages.wall, name="wall"),
    path("d/<slug:slug>/", pages.dashboard, name="dashboard"),
    path("d/<slug:slug>/grid/", pages.grid, name="grid"),
    path("producers/<str:alias>/", pages.producer, name="producer"),
    path("producers/<str:alias>/widget/", arrange.fix, name="producer-widget"),
    path("producers/<str:alias>/remove/", arrange.remove, name="producer-remove"),
    path("login/", access.SignIn.as_view(), name="login"),
    path("logout/", access.SignOut.as_view(), name="logout"),
    path("password/", access.NewPassword.as_view(), name="password"),
    path("password/changed/", access.PasswordChanged.as_view(), name="password-changed"),
    path("share/", share.share, name="share"),
    path("share/closed/", share.closed, name="share-closed"),
    path("share/unanswered/", share.unanswered, name="share-unanswered"),
    path("embeds/", embed_list.embeds, name="embeds"),
    path("embeds/<str:key>/", share.shown, name="embed-shown"),
    path("embeds/<str:key>/end/", embed_list.end, name="embed-end"),
    path("embed/<str:ids>/", embeds.embed, name="embed"),
    path("embed/<str:tile>.svg", embed_svg.still, name="still"),
    path("embed.css", style.style, name="embed-style"),
    path("oembed", oembed.oembed, name="oembed"),
    path("revive/", revive.revive, name="revive"),
    path("stream/", streams.stream, name="stream"),
    path("events/", streams.events, name="events"),
    # With or without the last slash: a redirect would turn a POST into a GET.
    re_path(r"^ingest$", hosted(ingest), {"producer": ""}, name="ingest"),
    re_path(r"^ingest/(?P<producer>.*?)/?$", hosted(ingest), name="ingest"),
    path("pictures/<str:alias>/<str:picture_id>", picture, name="picture"),
    path("gallery/", galleries.gallery, name="gallery"),
    path(
        "gallery/pictures/<str:alias>/<str:picture_id>", galleries.picture, name="gallery-picture"
    ),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
