"""The wall's URLs; include them where the wall shall stand."""

from django.urls import path, re_path

from dashboard import health, pages, streams
from dashboard.ingest.views import ingest

app_name = "dashboard"
urlpatterns = [
    path("", pages.wall, name="wall"),
    path("d/<slug:slug>/", pages.dashboard, name="dashboard"),
    path("producers/<str:alias>/", pages.producer, name="producer"),
    path("stream/", streams.stream, name="stream"),
    path("events/", streams.events, name="events"),
    # With or without the last slash: a redirect would turn a POST into a GET.
    re_path(r"^ingest/(?P<producer>[^/]+)/?$", ingest, name="ingest"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
