"""Where this site puts the wall: at its root."""

from django.urls import include, path

urlpatterns = [path("", include("dashboard.urls"))]
