"""The template tags: what is wrong with one is said where the template is written."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from dashboard.wall import current

# Without a wall, what is shown is read from the database.
pytestmark = pytest.mark.django_db

PRODUCERS = {"hall": {"BACKEND": "producers.notes.NotesProducer"}}


@pytest.fixture(autouse=True)
def site(settings: Any) -> Iterator[None]:
    settings.ACCESS = "public"
    settings.DASHBOARDS = {}
    settings.PRODUCERS = PRODUCERS
    yield
    current._current = None  # what draws a tag makes one, which is not started


def rendered(source: str) -> str:
    request = RequestFactory().get("/")
    return Template("{% load eventwall %}" + source).render(Context({"request": request}))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{% eventwall_tile %}", "names no tile"),
        ('{% eventwall_tile "attic" %}', "there is no tile 'attic'; legal are hall"),
        ('{% eventwall_tile "hall" theme="pink" %}', "legal are auto, light, dark, transparent"),
        ('{% eventwall_stream "hall" %}{% endeventwall_stream %}', "takes no arguments"),
    ],
)
def test_a_fault_names_what_is_legal(source: str, told: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=told):
        rendered(source)


def test_without_a_request_it_says_what_to_do(settings: Any) -> None:
    settings.ACCESS = "login"

    with pytest.raises(ValueError, match="the context processor of that name"):
        Template('{% load eventwall %}{% eventwall_tile "hall" %}').render(Context())


def test_a_stream_has_each_tile_once_and_none_when_there_is_none() -> None:
    tile = '{% eventwall_tile "hall" %}'

    html = rendered("{% eventwall_stream %}" + tile + tile + "{% endeventwall_stream %}")

    assert html.count("sse-connect") == 1
    assert 'sse-connect="/stream/?tiles=hall&amp;embed=page"' in html
    assert rendered("{% eventwall_stream %}x{% endeventwall_stream %}").strip() == "x"


def test_a_page_that_has_htmx_is_given_the_style_alone() -> None:
    assert "script" not in rendered("{% eventwall_head htmx=False %}")
    assert rendered("{% eventwall_head %}").count("<script") == 2
