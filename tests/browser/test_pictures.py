"""Pictures in a real browser: the box is on the thing, by whichever door the frame came."""

import base64
import io
import json
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.test_detections import NEAR, place_of, within_stroke
from tests.support.pictures import BLUE, FORM, ORANGE, encoded, form
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]

CAMERA = {
    "BACKEND": "producers.detections.DetectionProducer",
    "OPTIONS": {"categories": "coco-91"},
}
WIDTH, HEIGHT = 640, 360
THING = (160, 120, 200, 80)
"""Left, top, width, height in pixels."""

IN_PIXELS = [{"image_id": 1, "category_id": 18, "bbox": [*THING], "score": 0.9}]
RELATIVE = {
    "label": "dog",
    "box": {
        "x": THING[0] / WIDTH,
        "y": THING[1] / HEIGHT,
        "w": THING[2] / WIDTH,
        "h": THING[3] / HEIGHT,
    },
}


def frame() -> Image.Image:
    """Return a blue picture with an orange thing on it."""
    image = Image.new("RGB", (WIDTH, HEIGHT), BLUE)
    image.paste(ORANGE, (THING[0], THING[1], THING[0] + THING[2], THING[1] + THING[3]))
    return image


def turned() -> bytes:
    """Return the same as a phone stores it: lying on its side, with a note which way is up."""
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = frame().transpose(Image.Transpose.ROTATE_90)
    return encoded("JPEG", lying, exif=exif, quality=95)


DOORS: dict[str, tuple[bytes | str, str]] = {
    "form": (
        form(picture=encoded("JPEG", frame(), quality=95), result=json.dumps(IN_PIXELS)),
        FORM,
    ),
    "form, turned": (form(picture=turned(), result=json.dumps(IN_PIXELS)), FORM),
    "base64": (
        json.dumps(
            RELATIVE | {"picture_base64": base64.b64encode(encoded("PNG", frame())).decode()}
        ),
        "application/json",
    ),
    "base64, in pixels": (
        json.dumps(
            {
                "box_space": "px",
                "detections": [
                    {"label": "dog", "box": dict(zip("xywh", THING, strict=True))},
                ],
                "picture_base64": base64.b64encode(
                    encoded("WEBP", frame(), lossless=True)
                ).decode(),
            }
        ),
        "application/json",
    ),
}


def post(wall: Wall, body: bytes | str, kind: str, to: str = "camera") -> str:
    """Return the URL of the picture, once it is stored."""
    headers = {"Authorization": f"Bearer {wall.token}", "Content-Type": kind}
    status, _, answer = wall.request("POST", f"/ingest/{to}", body, headers)
    assert status == 201, answer
    return f"/pictures/{to}/{json.loads(answer)['picture']}"


def colour_at(page: Page, x: float, y: float) -> tuple[int, ...]:
    """Return the colour of one pixel of the page as it is seen."""
    clip = {"x": round(x), "y": round(y), "width": 1, "height": 1}
    seen = Image.open(io.BytesIO(page.screenshot(clip=clip)))  # type: ignore[arg-type]
    pixel = seen.convert("RGB").getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return pixel


def near(seen: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(seen, wanted, strict=True))


def until_loaded(tile: Locator, url: str) -> None:
    """Wait until the picture is there: an `image` of SVG has no property that tells."""
    expect(tile.locator(f'image[href="{url}"]')).to_have_count(1)
    tile.evaluate(
        """(tile, url) => new Promise((done, failed) => {
            const probe = new Image(); probe.onload = () => requestAnimationFrame(() =>
            requestAnimationFrame(done)); probe.onerror = failed; probe.src = url; })""",
        url,
    )


@pytest.mark.parametrize("width", [390, 1440])
def test_by_each_door_the_box_is_around_the_thing(
    share_wall: Callable[..., Wall], visit: Open, width: int
) -> None:
    wall = share_wall(PRODUCERS={"camera": CAMERA})
    opened = visit(wall, viewport={"width": width, "height": 900})
    tile = opened.page.locator("#tile-camera")

    for door, (body, kind) in DOORS.items():
        until_loaded(tile, post(wall, body, kind))
        expect(tile.locator(".boxes rect")).to_have_count(1)
        left, top, wide, high = place_of(tile.locator("canvas"))
        scale = wide / WIDTH
        box = within_stroke(tile.locator(".boxes rect"))
        x, y, w, h = box

        assert abs(high - HEIGHT * scale) < NEAR, door
        assert box == pytest.approx(
            (left + THING[0] * scale, top + THING[1] * scale, THING[2] * scale, THING[3] * scale),
            abs=NEAR,
        ), door
        assert near(colour_at(opened.page, x + w / 2, y + h / 2), ORANGE), door
        for dx, dy in [(-10, h / 2), (w + 10, h / 2), (w / 2, h + 10)]:
            assert near(colour_at(opened.page, x + dx, y + dy), BLUE), (door, dx, dy)

    assert opened.watched.complaints == []


def test_a_bare_frame_is_shown_and_nobody_says_that_nothing_was_seen(
    share_wall: Callable[..., Wall], visit: Open
) -> None:
    wall = share_wall(PRODUCERS={"camera": CAMERA})
    opened = visit(wall, viewport={"width": 1440, "height": 900})
    tile = opened.page.locator("#tile-camera")

    until_loaded(tile, post(wall, encoded("JPEG", frame()), "image/jpeg"))

    x, y, wide, high = place_of(tile.locator("canvas"))
    assert near(colour_at(opened.page, x + wide * 0.4, y + high * 0.44), ORANGE)
    assert wide / high == pytest.approx(WIDTH / HEIGHT, abs=0.02)
    expect(tile.locator(".legend")).to_contain_text("picture without detections")
    assert opened.watched.complaints == []


def test_each_frame_is_fetched_once_and_lines_have_thumbnails(
    make_wall: Callable[..., Wall], visit: Open
) -> None:
    wall = make_wall(
        PRODUCERS={"camera": CAMERA},
        DASHBOARDS={
            "main": {"tiles": [{"producer": "camera"}, {"producer": "camera", "widget": "feed"}]}
        },
    )
    opened = visit(wall, viewport={"width": 1440, "height": 900})
    tile, feed = opened.page.locator("#tile-camera"), opened.page.locator("#tile-camera-2")
    urls = []

    for number in range(4):
        seen = frame()
        seen.putpixel((number, 0), ORANGE)
        result = json.dumps({"label": f"dog {number}"})
        urls.append(post(wall, form(picture=encoded("PNG", seen), result=result), FORM))
        until_loaded(tile, urls[-1])

    for thumbs in (tile.locator(".past img"), feed.locator("img")):
        expect(thumbs).to_have_count(4)
        for thumb, url in zip(thumbs.all(), reversed(urls), strict=True):
            assert thumb.get_attribute("src") == url
            assert thumb.evaluate("image => image.decode().then(() => image.naturalWidth)") == WIDTH
    fetched = [request for request in opened.watched.requests if "/pictures/" in request]
    assert sorted(fetched) == sorted(wall.url + url for url in urls)
    assert opened.watched.complaints == []


def test_between_two_frames_the_first_stays(make_wall: Callable[..., Wall], visit: Open) -> None:
    """The second never comes: its place is then where a slow network's frame would be."""
    wall = make_wall(PRODUCERS={"camera": CAMERA})
    opened = visit(wall, viewport={"width": 1440, "height": 900})
    tile = opened.page.locator("#tile-camera")
    first = post(wall, encoded("JPEG", frame()), "image/jpeg")
    until_loaded(tile, first)
    held: list[Route] = []
    opened.page.route("**/pictures/*/*.png", lambda route: held.append(route))

    second = post(wall, encoded("PNG", frame()), "image/png")
    expect(tile.locator(f'image[href="{second}"]')).to_have_count(1)

    x, y, wide, high = place_of(tile.locator("canvas"))
    assert near(colour_at(opened.page, x + wide * 0.4, y + high * 0.44), ORANGE)
    for route in held:
        route.abort()


def test_a_silent_camera_is_grey_and_says_since_when(
    make_wall: Callable[..., Wall], visit: Open
) -> None:
    camera = {**CAMERA, "OPTIONS": {"expect_every": 2.0}}
    wall = make_wall(PRODUCERS={"camera": camera})
    opened = visit(wall, viewport={"width": 1440, "height": 900})
    tile = opened.page.locator("#tile-camera")

    until_loaded(tile, post(wall, encoded("JPEG", frame()), "image/jpeg"))
    expect(tile.locator(".face.stale .trouble")).to_contain_text("since")

    x, y, wide, high = place_of(tile.locator("canvas"))
    seen = colour_at(opened.page, x + wide * 0.4, y + high * 0.44)
    assert max(seen) - min(seen) < 60  # the orange is gone
    post(wall, encoded("PNG", frame()), "image/png")
    expect(tile.locator(".face.stale")).to_have_count(0)


def test_boxes_never_lie_on_the_frame_before_without_a_word(
    make_wall: Callable[..., Wall], visit: Open
) -> None:
    wall = make_wall(PRODUCERS={"camera": CAMERA})
    opened = visit(wall, viewport={"width": 1440, "height": 900})
    tile = opened.page.locator("#tile-camera")
    until_loaded(tile, post(wall, encoded("JPEG", frame()), "image/jpeg"))
    x, y, wide, high = place_of(tile.locator("canvas"))
    corner = x + wide * 0.05, y + high * 0.95
    expect(tile.locator(".awaited")).to_have_css("visibility", "visible")
    whole = colour_at(opened.page, *corner)

    opened.page.context.route("**/pictures/**", lambda route: route.abort())
    missing = post(wall, encoded("PNG", frame()), "image/png")
    expect(tile.locator(f'image[href="{missing}"]')).to_have_count(1)
    expect(tile.locator(".awaited")).to_have_css("visibility", "visible")

    assert near(whole, BLUE)
    seen = colour_at(opened.page, *corner)
    assert max(seen) < max(whole) - 60, "the frame before is as bright as if it were the new one"
