"""The site's URLs, and a view that sends. A wall of a test has it as ROOT_URLCONF."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tests.support.senders import send_one


def order(request: HttpRequest, sender: str, number: int) -> HttpResponse:
    send_one(sender, number)
    return HttpResponse("sent")


urlpatterns = [
    path("order/<sender>/<int:number>/", order),
    path("", include("dashboard.urls")),
]
