"""Pictures for tests: encoded in each format, and the forms that carry them."""

import io
from typing import Any

from PIL import Image

ORANGE, BLUE = (255, 102, 0), (0, 51, 204)


def drawn(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Return a blue picture with an orange quarter at its top left."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(ORANGE, (0, 0, width // 2, height // 2))
    return image.convert(mode)


def encoded(kind: str = "JPEG", image: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (image or drawn()).save(out, kind, **options)
    return out.getvalue()


def turned(orientation: int) -> Image.Exif:
    """Return the metadata that says how a picture is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def form(**parts: bytes | str) -> bytes:
    """Return a multipart/form-data body with the boundary "edge"."""
    body = b""
    for name, content in parts.items():
        raw = content.encode() if isinstance(content, str) else content
        head = f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        body += head.encode() + raw + b"\r\n"
    return body + b"--edge--\r\n"


FORM = "multipart/form-data; boundary=edge"
