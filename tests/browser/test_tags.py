"""Tiles in a page of the same Django project, by template tags, in a real Chromium."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

CLOCK = {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 1}}
PRODUCERS = {
    "clock": CLOCK,
    "notes": {"BACKEND": "producers.notes.NotesProducer"},
    "vault": {"BACKEND": "producers.notes.NotesProducer", "READERS": ["user:anna"]},
}
URLS = '''
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

PAGE = """<!doctype html>{% load eventwall %}<link rel="icon" href="data:,">{% eventwall_head %}
<h1>Ours</h1>{% eventwall_stream %}<p>{% eventwall_tile "clock" %}</p>
<p>{% eventwall_tile "notes" "vault" theme="dark" %}</p>{% endeventwall_stream %}"""
ALONE = """<!doctype html><link rel="icon" href="data:,">{% load eventwall %}
{% eventwall_head %}{% eventwall_tile "clock" %}"""

def ours(request, source):
    return HttpResponse(Template(source).render(RequestContext(request)))

async def async_ours(request):
    return ours(request, PAGE)

def enter(request, name):
    login(request, User.objects.get(username=name))
    return HttpResponse("in")

urlpatterns = [
    path("ours/", ours, {"source": PAGE}),
    path("alone/", ours, {"source": ALONE}),
    path("async/", async_ours),
    path("enter/<str:name>/", enter),
    path("", include("dashboard.urls")),
]
'''


@pytest.fixture
def make(tmp_path: Path, make_wall: Callable[..., Wall]) -> Callable[..., Wall]:
    (tmp_path / "our_urls.py").write_text(URLS)

    def make(**settings: object) -> Wall:
        return make_wall(ROOT_URLCONF="our_urls", PRODUCERS=PRODUCERS, **settings)

    return make


@pytest.mark.parametrize("path", ["/ours/", "/async/"])
def test_all_tiles_of_a_page_tick_on_one_stream(
    make: Callable[..., Wall], visit: Callable[..., Visit], path: str
) -> None:
    wall = make()
    # It is drawn before the stream has brought anything.
    wall.until(lambda: b'class="clock"' in wall.request("GET", path)[2])
    status, headers, _ = wall.request("GET", path)
    opened = visit(wall, path)
    tile = opened.page.locator("[sse-swap=clock]")

    expect(tile).to_contain_text("changed")
    before = tile.inner_text()
    expect(tile).not_to_have_text(before, use_inner_text=True)
    wall.post("notes", {"text": "from here"})
    expect(opened.page.locator("[sse-swap=notes]")).to_contain_text("from here")

    assert status == 200
    assert "set-cookie" not in headers
    assert opened.page.locator("[sse-swap=vault]").count() == 0
    assert sum("/stream/" in url for url in opened.watched.requests) == 1
    assert opened.watched.complaints == []
    margin = opened.page.locator("h1").evaluate("heading => getComputedStyle(heading).marginTop")
    assert margin != "0px"


def test_a_tag_alone_opens_a_stream_of_its_own(
    make: Callable[..., Wall], visit: Callable[..., Visit]
) -> None:
    opened = visit(make(), "/alone/")
    tile = opened.page.locator("[sse-swap=clock]")

    expect(tile).to_contain_text("changed")
    before = tile.inner_text()
    expect(tile).not_to_have_text(before, use_inner_text=True)

    assert sum("/stream/" in url for url in opened.watched.requests) == 1
    assert opened.watched.complaints == []


def test_each_viewer_gets_their_own_tiles_until_they_may_no_longer(
    make: Callable[..., Wall], visit: Callable[..., Visit]
) -> None:
    wall = make(ACCESS="login", STREAM_HEARTBEAT=1.0)
    do(wall, 'User.objects.create_user("anna"); User.objects.create_user("ben")')
    wall.post("vault", {"text": "gold"})
    anna, ben, nobody = (visit(wall, path) for path in ("/enter/anna/", "/enter/ben/", "/healthz"))

    for one in (anna, ben, nobody):
        one.page.goto(wall.url + "/ours/")

    expect(anna.page.locator("[sse-swap=vault]")).to_contain_text("gold")
    expect(ben.page.locator("[sse-swap=clock]")).to_contain_text("changed")
    assert ben.page.locator("[sse-swap=vault]").count() == 0
    assert nobody.page.locator("[sse-swap]").count() == 0
    assert not any("/stream/" in url for url in nobody.watched.requests)

    do(wall, "User.objects.filter(username='anna').update(is_active=False)")

    expect(anna.page.locator(".bye")).to_be_visible()
    assert ben.page.locator(".bye").count() == 0


def do(wall: Wall, what: str) -> None:
    script = f"from django.contrib.auth.models import User\n{what}"
    wall.manage("shell", "--no-imports", "-c", script)
