"""The gallery draws each widget in each state, without a fault."""

import math
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from dashboard.embeds.still import draw_still
from dashboard.gallery.cases import LIMITS, STATES, cases
from dashboard.gallery.picture import HEIGHT, WIDTH, picture
from dashboard.http.headers import CONTENT_SECURITY_POLICY
from dashboard.tiles import render
from dashboard.tiles.render import Viewer, draw_face
from dashboard.tiles.sight import Sight
from dashboard.widgets.registry import WIDGETS
from tests.support.drawn import NOW, Page
from tests.support.pictures import decoded

VIEWER = Viewer("http://wall.example", "t0ken")


def drawn(name: str) -> dict[str, Sight]:
    return dict(cases(name, NOW))


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "SLOW", math.inf)  # this machine may be busy


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_is_drawn_in_every_state(name: str) -> None:
    for state, sight in cases(name, NOW):
        page = Page(draw_face(sight, VIEWER).html)
        assert "cannot be drawn" not in page.text, f"{name} {state}: {page.text}"
        assert page.misnested == [], f"{name} {state}"
        assert bool(page.with_class("trouble")) is (state in ("stale", "trouble"))
        assert bool(page.with_class("fresh")) is (state == "fresh")
        crossed = {mark for mark in ("warn", "alert") if page.with_class(f"at-{mark}")}
        assert (state in crossed) is (state in LIMITS), f"{name} {state}"


@pytest.mark.parametrize("name", WIDGETS)
def test_a_still_is_drawn_in_every_state(name: str) -> None:
    for state, sight in cases(name, NOW):
        svg = ElementTree.fromstring(draw_still(sight).encode())
        assert "cannot be drawn" not in " ".join(svg.itertext()), f"{name} {state}"


def test_every_state_is_there() -> None:
    assert list(drawn("number")) == list(STATES)
    assert {"stale", "trouble", "empty", "overflow", "huge", "tiny", "right to left"} <= set(STATES)
    assert len(drawn("status")["overflow"].entries) > 60


def test_the_page_has_each_widget_under_the_policy_of_the_wall(
    client: Client, settings: Any
) -> None:
    settings.DEBUG = True

    answer = client.get("/gallery/")

    page = Page(answer.content.decode())
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert [section["id"] for section in page.all("section")] == list(WIDGETS)
    made = [state for name in WIDGETS for state in drawn(name)]
    assert len(page.all("article")) == len(made)
    assert made.count("alert") == 6
    assert page.misnested == []


def test_one_widget_alone(client: Client, settings: Any) -> None:
    settings.DEBUG = True

    page = Page(client.get("/gallery/?widget=gauge").content.decode())

    assert [section["id"] for section in page.all("section")] == ["gauge"]
    assert client.get("/gallery/?widget=gage").status_code == 404


def test_its_pictures_are_its_own(client: Client, settings: Any) -> None:
    settings.DEBUG = True
    page = Page(client.get("/gallery/?widget=picture").content.decode())
    (address,) = (
        {image["src"] for image in page.all("img")}
        - {"/static/dashboard/icon.svg"}
        - {page.all("img")[1]["src"]}
    )

    answer = client.get(address)

    assert address.startswith("/gallery/pictures/")
    assert (answer.headers["Content-Type"], answer.content) == ("image/png", picture(evening=True))
    assert decoded(answer.content).size == (WIDTH, HEIGHT)
    assert client.get("/gallery/pictures/made-up/none.png").status_code == 404


@pytest.mark.parametrize("path", ["/gallery/", "/gallery/pictures/made-up/" + "0" * 31 + "1.png"])
def test_it_is_there_with_debug_alone(path: str, client: Client, settings: Any) -> None:
    settings.DEBUG = False

    assert client.get(path).status_code == 404
