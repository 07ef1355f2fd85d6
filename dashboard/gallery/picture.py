"""Picture: a house and a tree, drawn for the gallery, for there is no camera behind it."""

import io
from functools import cache

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480


@cache
def picture(*, evening: bool) -> bytes:
    """Return it as PNG, by day or in the evening."""
    sky, ground, light = (
        ("#243b6b", "#274a33", "#ffd98a") if evening else ("#9fd0f0", "#5d9c59", "#fff")
    )
    image = Image.new("RGB", (WIDTH, HEIGHT), sky)
    draw = ImageDraw.Draw(image)
    draw.ellipse((500, 40, 570, 110), fill="#f4efd8" if evening else "#ffe07a")
    draw.polygon([(0, 300), (180, 190), (330, 290), (470, 210), (640, 300)], fill="#6f8f9d")
    draw.rectangle((0, 290, WIDTH, HEIGHT), fill=ground)
    draw.rectangle((60, 230, 220, 370), fill="#b5533c")
    draw.polygon([(45, 230), (140, 155), (235, 230)], fill="#5a3328")
    draw.rectangle((85, 260, 125, 300), fill=light)
    draw.rectangle((150, 290, 195, 370), fill="#3b2a20")
    draw.rectangle((405, 330, 425, 430), fill="#5a3d28")
    draw.ellipse((350, 240, 480, 350), fill="#2f6b3c")
    draw.rounded_rectangle((505, 380, 610, 420), 14, fill="#d9b13b")
    draw.rounded_rectangle((525, 352, 590, 390), 12, fill="#d9b13b")
    for x in (522, 580):
        draw.ellipse((x, 405, x + 26, 431), fill="#1d1d1d")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
