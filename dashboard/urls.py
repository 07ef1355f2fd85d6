"""The wall's URLs; include them where the wall shall stand."""

from django.urls import path, re_path

from dashboard import health, pages, streams
from dashboard.access import views as access
from dashboard.embeds import listing_views, oembed, sharing_views, stills, style
from dashboard.embeds import pages as embeds
from dashboard.ingest.views import ingest
from dashboard.pictures.view import picture

app_name = "dashboard"
urlpatterns = [
    path("", pages.wall, name="wall"),
    path("d/<slug:slug>/", pages.dashboard, name="dashboard"),
    path("producers/<str:alias>/", pages.producer, name="producer"),
    path("login/", access.SignIn.as_view(), name="login"),
    path("logout/", access.SignOut.as_view(), name="logout"),
    path("password/", access.NewPassword.as_view(), name="password"),
    path("password/changed/", access.PasswordChanged.as_view(), name="password-changed"),
    path("share/", sharing_views.share, name="share"),
    path("share/closed/", sharing_views.closed, name="share-closed"),
    path("embeds/", listing_views.embeds, name="embeds"),
    path("embeds/<str:key>/", sharing_views.shown, name="embed-shown"),
    path("embeds/<str:key>/end/", listing_views.end, name="embed-end"),
    path("embed/<str:ids>/", embeds.embed, name="embed"),
    path("embed/<str:tile>.svg", stills.still, name="still"),
    path("embed.css", style.style, name="embed-style"),
    path("oembed", oembed.oembed, name="oembed"),
    path("stream/", streams.stream, name="stream"),
    path("events/", streams.events, name="events"),
    # With or without the last slash: a redirect would turn a POST into a GET.
    re_path(r"^ingest/(?P<producer>[^/]+)/?$", ingest, name="ingest"),
    path("pictures/<str:alias>/<str:picture_id>", picture, name="picture"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
