"""What detectors print, posted to a real wall: the boxes are where they belong, to the pixel."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.producers.detections import payloads
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
Place = tuple[float, float, float, float]

CAMERA = {
    "BACKEND": "producers.detections.DetectionProducer",
    "OPTIONS": {"categories": "coco-91"},
}
NEAR = 1.0
"""Pixels, for the browser rounds."""


def place_of(locator: Locator) -> Place:
    box = locator.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


def within_stroke(rect: Locator) -> Place:
    """Return where a drawn box is, without the line around it."""
    x, y, wide, high = place_of(rect)
    line = float(rect.evaluate("rect => parseFloat(getComputedStyle(rect).strokeWidth)"))
    assert 2 <= line <= 8
    return x + line / 2, y + line / 2, wide - line, high - line


def post(wall: Wall, value: object, query: str = "") -> dict[str, Any]:
    status, _, body = wall.request(
        "POST",
        f"/ingest/camera{query}",
        json.dumps(value),
        # As `curl -d` sends it.
        {
            "Authorization": f"Bearer {wall.token}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert status == 201, body
    answer: dict[str, Any] = json.loads(body)
    return answer


@pytest.mark.parametrize("width", [390, 1440])
def test_three_formats_are_drawn_where_they_belong(
    make_wall: Callable[..., Wall], visit: Open, width: int
) -> None:
    wall = make_wall(PRODUCERS={"camera": CAMERA})
    opened = visit(wall, viewport={"width": width, "height": 900})
    tile = opened.page.locator("#tile-camera")
    azure: dict[str, Place] = {"helmet": (116, 75, 200, 217), "person": (0, 41, 95, 189)}
    coco: dict[str, Place] = {"dog": (258.15, 41.29, 348.26, 243.78)}
    frigate: dict[str, Place] = {"person": (432, 496, 112, 358)}

    for name, payload, query, side, things in [
        ("azure-vision", payloads.AZURE, "", (573, 847), azure),
        ("coco", payloads.COCO, "?w=640&h=480", (640, 480), coco),
        ("frigate", payloads.FRIGATE, "?format=frigate&w=1280&h=960", (1280, 960), frigate),
    ]:
        assert post(wall, payload, query)["format"] == name
        for label in things:
            expect(tile.locator(".legend")).to_contain_text(label)
        expect(tile.locator("rect")).to_have_count(len(things))
        x, y, wide, high = place_of(tile.locator("canvas"))
        scale = wide / side[0]

        assert wide > 100
        assert abs(high - side[1] * scale) < NEAR
        assert place_of(tile.locator(".boxes")) == pytest.approx((x, y, wide, high), abs=NEAR)
        for rect, (label, box) in zip(in_order(tile), by_area(things), strict=True):
            expected = (x + box[0] * scale, y + box[1] * scale, box[2] * scale, box[3] * scale)
            assert within_stroke(rect) == pytest.approx(expected, abs=NEAR), label

    assert opened.watched.complaints == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def in_order(tile: Locator) -> list[Locator]:
    return tile.locator(".boxes rect").all()


def by_area(things: dict[str, Place]) -> list[tuple[str, Place]]:
    """Return the things as they are drawn: the largest first."""
    return sorted(things.items(), key=lambda thing: -thing[1][2] * thing[1][3])


def test_a_label_stands_on_its_box_and_within_the_picture(
    share_wall: Callable[..., Wall], visit: Open
) -> None:
    wall = share_wall(PRODUCERS={"camera": CAMERA})
    opened = visit(wall, viewport={"width": 1440, "height": 900})
    tile = opened.page.locator("#tile-camera")
    hostile = "<img src=x onerror=\"document.title='owned'\">" + "W" * 100

    left = {"label": hostile, "score": 0.9, "box": {"x": 0.1, "y": 0.5, "w": 0.2, "h": 0.4}}
    right = {"label": "dog", "score": 0.8, "box": {"x": 0.9, "y": 0.0, "w": 0.1, "h": 0.4}}
    post(wall, {"detections": [left, right]})
    expect(tile.locator("rect")).to_have_count(2)
    picture = place_of(tile.locator(".frame"))
    plates = [place_of(plate) for plate in tile.locator(".plate span").all()]
    boxes = [within_stroke(rect) for rect in in_order(tile)]

    assert len(plates) == 2
    for plate in plates:
        assert plate[0] >= picture[0] - NEAR
        assert plate[0] + plate[2] <= picture[0] + picture[2] + NEAR
    assert plates[0][1] + plates[0][3] == pytest.approx(boxes[0][1], abs=NEAR)  # over its box
    assert plates[1][1] == pytest.approx(boxes[1][1], abs=NEAR)  # in its box
    assert plates[1][0] + plates[1][2] == pytest.approx(boxes[1][0] + boxes[1][2], abs=NEAR)
    assert opened.page.title() != "owned"
    assert opened.watched.complaints == []


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("dog\r\n\nevent: bye\u2028data: x", "dog event: bye data: x"),
        ("\u202egod\u202c \u2066hot\u2069", "god hot"),
        (
            "</span></svg><script>document.title='owned'</script>",
            "</span></svg><script>document.title='own",
        ),
    ],
)
def test_a_hostile_label_is_only_text(
    share_wall: Callable[..., Wall], visit: Open, label: str, shown: str
) -> None:
    wall = share_wall(PRODUCERS={"camera": CAMERA})
    opened = visit(wall)
    tile = opened.page.locator("#tile-camera")
    box = {"x": 0.1, "y": 0.3, "w": 0.8, "h": 0.6}

    post(wall, {"detections": [{"label": label, "score": 0.9, "box": box}]})
    expect(tile.locator(".plate bdi")).to_contain_text(shown[:10])
    expect(tile.locator("rect")).to_have_count(1)
    plate = tile.locator(".plate bdi").inner_text()
    post(wall, {"detections": [{"label": "cat", "score": 0.9, "box": box}]})

    assert plate.rstrip("…").startswith(shown[:39])
    expect(tile.locator(".plate bdi")).to_have_text("cat")  # the stream goes on
    assert opened.page.title() != "owned"
    assert opened.watched.complaints == []


def test_a_label_of_ten_thousand_characters_is_refused(share_wall: Callable[..., Wall]) -> None:
    wall = share_wall(PRODUCERS={"camera": CAMERA})

    status, answer = wall.post("camera", {"label": "x" * 10_240, "score": 0.9})

    assert (status, answer["stored"]) == (422, 0)
    assert "at most 200 characters" in answer["detail"]
