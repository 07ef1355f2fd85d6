"""Film: a camera's frames, each with its number on it, so that whoever sees its pixels can tell.

The upper quarter of a frame is a code: a row of black and white blocks, the number's bits, and
below it the same with black and white changed, so that half a frame is no number.
"""

import io
import json
from collections.abc import Mapping
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from benchmarks.connection import request

WIDTH: Final = 640
HEIGHT: Final = 480
_BITS: Final = 8
_BLOCK: Final = WIDTH // _BITS, HEIGHT // 8
_SURE: Final = 64
"""How far from black or white a block may be; the picture went through two JPEG encoders."""
_NOISE: Final = Image.effect_noise((WIDTH, HEIGHT), 24)
"""What a sensor adds: without it a frame would be far smaller than a camera's."""

_FORM: Final = "multipart/form-data; boundary=edge"
_PART: Final = b'--edge\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'


def frame(number: int) -> Image.Image:
    """Return frame `number`, 0 to 255."""
    light = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    noise = ImageChops.offset(_NOISE, 37 * number, 23 * number)
    image = Image.blend(light, noise, 0.3).convert("RGB")
    draw = ImageDraw.Draw(image)
    wide, high = _BLOCK
    for bit in range(_BITS):
        on = bool(number >> bit & 1)
        for row, white in enumerate((on, not on)):
            left, top = bit * wide, row * high
            draw.rectangle((left, top, left + wide, top + high), "white" if white else "black")
    return image


def number_on(seen: Image.Image) -> int | None:
    """Return the number of the frame that `seen` is, at any size; None if it is not clear."""
    grey = seen.convert("L")
    wide, high = grey.width / _BITS, grey.height / 8
    number = 0
    for bit in range(_BITS):
        above, below = (
            grey.getpixel((int((bit + 0.5) * wide), int((row + 0.5) * high))) for row in range(2)
        )
        if not isinstance(above, int) or not isinstance(below, int):
            return None
        if not (min(above, below) <= _SURE and max(above, below) >= 255 - _SURE):
            return None
        number |= (above > below) << bit
    return number


def post_of(alias: str, number: int, headers: Mapping[str, str]) -> bytes:
    """Return a request that posts frame `number` with what a detector saw on it."""
    jpeg = io.BytesIO()
    frame(number).save(jpeg, "JPEG", quality=80)
    things = [
        {
            "label": label,
            "score": 0.9,
            "box": {"x": x + number % 20 / 100, "y": 0.5, "w": 0.1, "h": 0.4},
        }
        for label, x in (("person", 0.05), ("person", 0.35), ("dog", 0.65))
    ]
    result = json.dumps({"detections": things}).encode()
    body = _PART % (b"picture", jpeg.getvalue()) + _PART % (b"result", result) + b"--edge--\r\n"
    return request(f"/ingest/{alias}", body, headers, media_type=_FORM)
