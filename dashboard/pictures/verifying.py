"""Verifying: bytes from anywhere become a picture of our own making, or are refused."""

import threading
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL.Image import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from dashboard.pictures import jpeg, png, webp
from dashboard.pictures.container import BadPicture, Container, cut_off
from dashboard.pictures.file_kind import file_kind
from dashboard.pictures.names import LEGAL, picture_id
from dashboard.pictures.orientation import TURNS, orientation_of

LONGEST_SIDE: Final = 65_535
"""Pixels; where JPEG itself ends."""

_LARGE: Final = 8_000_000
"""Pixels above which only one picture is decoded at a time: a pixel takes about 8 bytes then."""

_one_large = threading.Lock()

# Not through Image.open: it has limits of its own, which warn instead of refusing.
_DECODERS: Final[dict[str, type[ImageFile]]] = {
    "jpg": JpegImageFile,
    "png": PngImageFile,
    "webp": WebPImageFile,
}


@dataclass(frozen=True, slots=True)
class Verified:
    """A picture that may be kept: encoded anew, upright, without metadata."""

    id: str
    width: int
    height: int
    data: bytes
    orientation: int = 1
    """Of the file that came, as its Exif metadata says it: how it was turned to be upright."""


def looks_like_picture(data: bytes) -> bool:
    """Whether `data` begins as a picture of a kind that is taken."""
    return data.startswith((jpeg.START, png.START)) or _is_webp(data)


def verify(sent: bytes, *, most_bytes: int, most_pixels: int) -> Verified:
    """Return the picture that `sent` is. Raises BadPicture; blocks while it computes.

    What counts is the content, never a name or a type that somebody declared. Limits are held
    against what the file says before anything is decoded, and its decoder cannot do more.
    """
    if len(sent) > most_bytes:
        raise BadPicture(
            f"the picture has {len(sent)} bytes; legal are {most_bytes} (PICTURE_MAX_BYTES)",
            "too-large",
        )
    container = _open(sent)
    width, height = container.width, container.height
    if not (1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE):
        raise BadPicture(
            f"the picture is {width} x {height} pixels; legal are sides of 1 to {LONGEST_SIDE}",
            "too-large" if width and height else "bad-picture",
        )
    if width * height > most_pixels:
        raise BadPicture(
            f"the picture is {width} x {height} pixels; "
            f"legal are {most_pixels} in all (PICTURE_MAX_PIXELS)",
            "too-large",
        )
    try:
        if width * height > _LARGE:
            with _one_large:
                image, data = _again(container)
        else:
            image, data = _again(container)
    except MemoryError:
        raise
    # Decoders fail in many ways on what is damaged: OSError, SyntaxError, struct.error, …
    except Exception as error:
        raise cut_off(container.ending.upper().replace("JPG", "JPEG")) from error
    id_ = picture_id(sent, container.ending)
    return Verified(id_, *image.size, data, orientation_of(container.exif))


def _open(sent: bytes) -> Container:
    if sent.startswith(jpeg.START):
        return jpeg.read(sent)
    if sent.startswith(png.START):
        return png.read(sent)
    if _is_webp(sent):
        return webp.read(sent)
    kind = file_kind(sent)
    what = f"this is {kind}" if kind else f"this is no picture: it begins with {sent[:12]!r}"
    raise BadPicture(
        f"{what}; legal are {LEGAL}: turn it into one of them first", "unsupported-media-type"
    )


def _is_webp(data: bytes) -> bool:
    return data.startswith(webp.START) and data[8:12] == webp.FORM


def _again(container: Container) -> tuple[Image, bytes]:
    """Return the picture decoded, and encoded once more: what is served are bytes of ours."""
    image: Image = _DECODERS[container.ending](BytesIO(container.essential))
    if image.size != (container.width, container.height):
        raise ValueError(f"decoded as {image.size}")
    image.load()
    # Only what is needed to draw it is left in the file; this is for what the decoder adds.
    image.info = {name: image.info[name] for name in ("transparency",) if name in image.info}
    turn = TURNS.get(orientation_of(container.exif))
    if turn is not None:
        image = image.transpose(turn)
    out = BytesIO()
    if container.ending == "png":
        image.save(out, "PNG", compress_level=4)
    elif container.ending == "webp":
        image.save(out, "WEBP", lossless=container.lossless, quality=85, method=2)
    elif isinstance(image, JpegImageFile) and image.mode in ("L", "RGB"):
        # As fine as it came: the same tables, so that nearly nothing is lost.
        image.save(out, "JPEG", quality="keep")
    else:
        image = image if image.mode == "L" else image.convert("RGB")
        image.save(out, "JPEG", quality=90)
    return image, out.getvalue()
