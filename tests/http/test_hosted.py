"""A view of ours in another's project: its middleware, its database settings, its server."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, RequestFactory
from django.urls import path

from dashboard.http.direct import direct
from dashboard.http.headers import CONTENT_SECURITY_POLICY
from dashboard.http.hosted import hosted
from dashboard.http.prefix import below
from dashboard.http.redirects import somewhere


async def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("drawn")


@direct
async def data(request: HttpRequest) -> HttpResponse:
    return HttpResponse("drawn")


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("drawn")


urlpatterns = [
    path("page/", hosted(page)),
    path("data/", hosted(data)),
    path("form/", hosted(form)),
    path("plain/", form),
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def project(settings: Any) -> None:
    settings.MIDDLEWARE = []
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.mark.parametrize("name", ["page", "data", "form"])
async def test_the_policy_is_on_our_pages_and_on_no_others(name: str) -> None:
    ours, theirs = await AsyncClient().get(f"/{name}/"), await AsyncClient().get("/plain/")

    assert ours.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "Content-Security-Policy" not in theirs.headers


@pytest.mark.parametrize("name", ["page", "data"])
async def test_atomic_requests_leave_async_views_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)

    response = await AsyncClient().get(f"/{name}/")

    assert response.content == b"drawn"


def under_wsgi(url: str) -> tuple[str, bytes]:
    """Return status line and body as a WSGI server gets them."""
    started: list[str] = []

    def start(status: str, headers: object, failure: object = None) -> Callable[[bytes], object]:
        started.append(status)
        return lambda data: None

    response = WSGIHandler()(RequestFactory().get(url).environ, start)
    return started[0], b"".join(response)


@pytest.mark.django_db
def test_a_wsgi_server_is_told_what_to_start_instead(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.support.probe"

    status, body = under_wsgi("/")

    assert status == "503 Service Unavailable"
    assert b"python manage.py serve" in body


@pytest.mark.django_db
def test_a_program_under_wsgi_gets_a_problem() -> None:
    status, body = under_wsgi("/data/")

    assert status.startswith("503")
    assert b"urn:eventwall:problem:needs-asgi" in body
    assert under_wsgi("/form/") == ("200 OK", b"drawn")


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("/accounts/login/", "/form/"),
        ("no-such-name", "/form/"),
        (None, "/form/"),
        ("", "/form/"),
        ("/plain/", "/plain/"),
        ("/wall/plain/", "/wall/plain/"),
        ("https://sso.example/in", "https://sso.example/in"),
    ],
)
def test_a_url_that_leads_nowhere_is_not_taken(url: str | None, leads_to: str) -> None:
    with below("/wall/"):
        assert somewhere(url, "/form/") == leads_to
