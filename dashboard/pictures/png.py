"""PNG: its chunks (W3C PNG, chapter 5), without those that say nothing of the pixels."""

from struct import unpack_from
from typing import Final

from dashboard.pictures.container import Container, animated, cut_off, must_end

START: Final = b"\x89PNG\r\n\x1a\n"

_DRAWN: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def read(data: bytes) -> Container:
    """Return what the PNG `data` holds. Raises BadPicture."""
    kept, exif, at, name = [START], b"", len(START), b""
    if data[at + 4 : at + 8] != b"IHDR" or len(data) < at + 16:
        raise cut_off("PNG")
    width, height = unpack_from(">II", data, at + 8)
    while name != b"IEND":
        if at + 12 > len(data):
            raise cut_off("PNG")
        length, name = unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise cut_off("PNG")
        if name == b"acTL":
            raise animated("PNG")
        if name == b"eXIf":
            exif = data[at + 8 : end - 4]
        if name in _DRAWN:
            kept.append(data[at:end])
        at = end
    must_end(data, at, "PNG")
    return Container("png", width, height, b"".join(kept), exif, lossless=True)
