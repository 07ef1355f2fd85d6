"""Stills: each widget as a picture, well-formed and inert whatever producers say."""

from typing import Any
from xml.etree import ElementTree

import pytest

from dashboard.embeds.still import draw_still, picture_of, policy, style
from dashboard.tiles.site import make_site
from producers.state import ProducerState
from tests.support.drawn import NOW, entries, sight
from tests.support.pictures import encoded

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    '</text><script>alert(1)</script>"\'&<image href="https://evil.example/x"/>\x00\x08\ud800\uffff'
)
NEWER = ("auto", "gauge", "picture", "progress", "status", "table", "text")

LIMITED = ("number", "metrics", "gauge", "bars")


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    settings.PRODUCERS = {
        "clock": {"BACKEND": "producers.clock.ClockProducer"},
        "host": {"BACKEND": "producers.system.SystemProducer"},
        "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
        "camera": {"BACKEND": "producers.detections.DetectionProducer"},
        "wreck": {"BACKEND": "no.such.Thing"},
    }
    row = {"producer": "readings", "widget": "template", "id": "own"}
    tiles = [{"producer": alias} for alias in settings.PRODUCERS]
    own = row | {"options": {"template_name": "dashboard/bye.html"}}
    looks = [{"producer": "notes", "widget": name, "id": name} for name in NEWER]
    limits = {"warn": "> 26", "alert": ">= 30"}
    limited = [
        {"producer": "readings", "widget": name, "id": f"hot-{name}", "options": limits}
        for name in LIMITED
    ]
    settings.DASHBOARDS = {"main": {"title": "Main", "tiles": [*tiles, own, *looks, *limited]}}


def still(
    name: str,
    data: list[dict[str, Any]],
    picture: tuple[str, bytes] | None = None,
    **given: Any,
) -> ElementTree.Element:
    seen = sight(make_site().tiles[name], entries(data), **given)
    svg = draw_still(seen, picture=picture)
    return ElementTree.fromstring(svg.encode())


def text_of(svg: ElementTree.Element) -> str:
    return " ".join(" ".join(text.itertext()) for text in svg.iter(f"{SVG}text"))


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("clock", [{"time": "2030-01-02T03:04:05+00:00", "timezone": "Asia/Tokyo"}], "12:04 :05"),
        ("readings", [{"value": 20.0}, {"value": 21.5, "unit": "°C", "name": "hall"}], "21.5"),
        ("host", [{"cpu": {"value": 12, "unit": "%"}, "load": 0.5}], "cpu 12"),
        ("notes", [{"text": "door open", "level": "warn"}], "warn door open"),
        ("camera", [{"detections": [{"label": "dog", "score": 0.7}]}], "1 dog"),
        ("own", [{"value": 1}], "changed"),
        ("auto", [{"value": 7}], "7"),
        ("gauge", [{"value": 140, "unit": "%"}], "140 % 0 100 above the scale"),
        ("picture", [{"value": 1}], "No picture lately"),
        ("progress", [{"value": 3, "total": 4}], "3 of 4"),
        ("status", [{"state": "down"}], "p down"),
        ("table", [{"value": 7, "unit": "W"}], "value W p 7"),
        ("text", [{"text": "**Lunch** at [one](https://example.org)"}], "Lunch at one"),
    ],
)
def test_each_widget_says_what_is_newest(name: str, data: list[dict[str, Any]], told: str) -> None:
    svg = still(name, data)

    assert told in text_of(svg)
    assert make_site().tiles[name].title in text_of(svg)
    assert svg.get("viewBox") == "0 0 480 300"


def levels(svg: ElementTree.Element) -> list[str]:
    """Return the levels of the marks that stand on the card itself."""
    return [mark.get("class", "") for mark in svg.findall(f"{SVG}g")]


@pytest.mark.parametrize("name", LIMITED)
def test_a_limit_that_is_crossed_is_shown_by_edge_shape_and_words(name: str) -> None:
    def hall(value: float) -> ElementTree.Element:
        return still(f"hot-{name}", [{"hall": value, "attic": 5}])

    well, warned, alert = hall(20), hall(27), hall(31)

    assert [levels(svg) for svg in (well, warned, alert)] == [[], ["is-warn"], ["is-alert"]]
    shapes = [path.get("d") for svg in (warned, alert) for path in svg.findall(f"{SVG}g/{SVG}path")]
    assert len(set(shapes)) == 3  # the same edge, and a shape for each level
    assert "limit" not in text_of(well)
    assert "limit ≥ 30" in text_of(alert)
    assert "alert, " in alert.get("aria-label", "")
    assert "warning, " in warned.get("aria-label", "")


def test_boxes_stand_on_their_picture() -> None:
    box = {"x": 0.25, "y": 0.5, "w": 0.5, "h": 0.25}
    data: dict[str, Any] = {
        "picture": f"{'0' * 32}.png",
        "size": {"width": 640, "height": 480},
        "detections": [{"label": "dog", "score": 0.7, "box": box}],
    }
    png = encoded("PNG")

    svg = still("camera", [data], picture=("image/png", png))
    without = still("camera", [data])

    (image,) = svg.iter(f"{SVG}image")
    (mark,) = [rect for rect in svg.iter(f"{SVG}rect") if rect.get("class") == "mark"]
    assert str(image.get("href")).startswith("data:image/png;base64,iVBOR")
    assert (mark.get("x"), mark.get("y"), mark.get("width")) == ("25.00%", "50.00%", "50.00%")
    assert list(without.iter(f"{SVG}image")) == []
    assert picture_of(sight(make_site().tiles["camera"], entries([data]))) == data["picture"]
    assert picture_of(sight(make_site().tiles["notes"], entries([data]))) is None


@pytest.mark.parametrize("name", ["clock", "host", "readings", "notes", "camera", "wreck", "own"])
def test_one_that_said_nothing_waits(name: str) -> None:
    assert "Waiting for the first event" in text_of(still(name, []))


@pytest.mark.parametrize("name", ["clock", "host", "readings", "notes", "camera", "own", *NEWER])
def test_hostile_words_stay_words(name: str) -> None:
    thing = {"label": HOSTILE, "score": 0.5, "box": {"x": 0.1, "y": 0.1, "w": 0.5, "h": 0.5}}
    data = {
        "text": HOSTILE,
        "level": HOSTILE,
        "name": HOSTILE,
        "unit": HOSTILE,
        "value": 1,
        "time": HOSTILE,
        "timezone": HOSTILE,
        HOSTILE: {"value": 2, "unit": HOSTILE},
        "picture": "javascript:alert(1)",
        "detections": [thing],
    }

    svg = still(name, [data, data])

    names = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert not names & {"script", "image", "foreignObject", "a", "use", "animate"}
    assert not [name for element in svg.iter() for name in element.attrib if name.startswith("on")]


def test_trouble_is_told_without_its_details() -> None:
    failed = ProducerState("readings", "failed", NOW, "secret: /etc/passwd")

    svg = still("readings", [{"value": 1}], state=failed)
    silent = still("readings", [{"value": 1}], stale=True)

    assert "Failed since" in text_of(svg)
    assert "secret" not in ElementTree.tostring(svg, "unicode")
    assert "Silent since" in text_of(silent)


@pytest.mark.parametrize("error", [RuntimeError("secret"), SystemExit("secret")])
def test_a_widget_that_fails_says_so(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(type(make_site().tiles["notes"].widget), "context", fail)

    assert "cannot be drawn" in text_of(still("notes", [{"text": "x"}]))


def test_the_policy_allows_the_style_and_no_more() -> None:
    assert "'sha256-" in policy()
    assert style() in draw_still(sight(make_site().tiles["notes"], entries([{"text": "x"}])))
