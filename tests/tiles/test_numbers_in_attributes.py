"""Where numbers are written by a language's rules, attributes still hold what browsers read."""

import math
from typing import Any
from xml.etree import ElementTree

import pytest

from dashboard.embeds.still import draw_still
from dashboard.gallery.cases import cases
from dashboard.tiles import render
from dashboard.tiles.render import Viewer, draw_face
from dashboard.tiles.sight import Sight
from dashboard.tiles.site import make_site
from dashboard.widgets.registry import WIDGETS
from tests.support.drawn import NOW, Page, entries, inside, sight

BOX = {"x": 1200.5, "y": 1300.25, "w": 2100.75, "h": 1500.5}
SAID: dict[str, dict[str, Any]] = {
    "clock": {"time": "2026-11-22T23:03:07+00:00"},
    "readings": {"value": 1234567.5},
    "host": {"cpu": {"value": 12.5, "unit": "%"}, "load": 12345.5},
    "notes": {"text": "a line"},
    "camera": {
        "size": {"width": 4000, "height": 3000},
        "box_space": "px",
        "detections": [
            {
                "label": f"thing {number}",
                "score": 0.5,
                "box": BOX,
                "polygon": [[1200.5, 1300.5], [2400.5, 1400.5], [2000.5, 2600.5]],
                "keypoints": [[1500.5, 1600.5, 0.9]],
            }
            for number in range(1010)
        ],
    },
}


@pytest.fixture(autouse=True)
def site(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "SLOW", math.inf)  # this machine may be busy
    settings.TIME_ZONE = "UTC"
    settings.PRODUCERS = {
        "clock": {"BACKEND": "producers.clock.ClockProducer"},
        "host": {"BACKEND": "producers.system.SystemProducer"},
        "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
        "camera": {"BACKEND": "producers.detections.DetectionProducer"},
    }
    settings.DASHBOARDS = {}


def twice(name: str) -> Sight:
    """Return the tile of a producer that said the same twice."""
    return sight(make_site().tiles[name], entries([SAID[name]] * 2))


def page(name: str, language: str) -> Page:
    viewer = Viewer("http://wall.example", None, language)
    return Page(inside(twice(name), viewer))


def still(name: str) -> list[dict[str, str]]:
    svg = draw_still(twice(name))
    return [element.attrib for element in ElementTree.fromstring(svg).iter()]


@pytest.mark.parametrize("name", SAID)
def test_attributes_are_alike_in_every_language(name: str, settings: Any) -> None:
    plain, plain_still = page(name, "en").tags, still(name)

    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGE_CODE = "de"

    assert page(name, "de").tags == plain
    assert page(name, "en").tags == plain
    assert still(name) == plain_still


@pytest.mark.parametrize("name", WIDGETS)
def test_attributes_of_every_widget_are_alike_in_every_language(name: str, settings: Any) -> None:
    sight = dict(cases(name, NOW))["huge"]

    def attributes(language: str) -> list[dict[str, str]]:
        tags = Page(draw_face(sight, Viewer("http://wall.example", None, language)).html).tags
        still = ElementTree.fromstring(draw_still(sight)).iter()
        return [*(attribute for _, attribute in tags), *(element.attrib for element in still)]

    plain = attributes("en")
    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGE_CODE = "de"

    assert attributes("de") == plain
