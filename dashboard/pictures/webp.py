"""WebP: its chunks (RFC 9649, section 2), without those that say nothing of the pixels."""

from struct import unpack_from
from typing import Final

from dashboard.pictures.container import Container, animated, cut_off, must_end

START: Final = b"RIFF"
FORM: Final = b"WEBP"

_ANIMATED: Final = 0x02
_ALPHA: Final = 0x10
_LOSSY, _LOSSLESS, _EXTENDED = b"VP8 ", b"VP8L", b"VP8X"


def read(data: bytes) -> Container:
    """Return what the WebP `data` holds. Raises BadPicture."""
    end = 8 + int.from_bytes(data[4:8], "little")
    must_end(data, end, "WebP")
    kept: list[bytes] = []
    sizes: list[tuple[int, int]] = []
    exif, lossless, at = b"", False, 12
    while at < end:
        if at + 8 > end:
            raise cut_off("WebP")
        name, length = unpack_from("<4sI", data, at)
        body = data[at + 8 : min(at + 8 + length, end)]
        if len(body) < length:
            raise cut_off("WebP")
        at += 8 + length + length % 2
        if name in (b"ANIM", b"ANMF"):
            raise animated("WebP")
        if name == b"EXIF":
            exif = body.removeprefix(b"Exif\0\0")
        if name in (_LOSSY, _LOSSLESS, _EXTENDED, b"ALPH"):
            if name != b"ALPH":
                sizes.append(_size(name, body))
            if name == _EXTENDED:
                if body[0] & _ANIMATED:
                    raise animated("WebP")
                body = bytes([body[0] & _ALPHA, 0, 0, 0]) + body[4:10]
            lossless |= name == _LOSSLESS
            kept.append(name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2))
    # What is declared and what is decoded must be the same: limits are held against the former.
    if not sizes or len(set(sizes)) > 1:
        raise cut_off("WebP")
    inside = FORM + b"".join(kept)
    essential = START + len(inside).to_bytes(4, "little") + inside
    return Container("webp", *sizes[0], essential, exif, lossless)


def _size(name: bytes, body: bytes) -> tuple[int, int]:
    if len(body) < 10 or (name == _LOSSY and body[3:6] != b"\x9d\x01\x2a"):
        raise cut_off("WebP")
    if name == _EXTENDED:
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if name == _LOSSY:
        width, height = unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    bits = int.from_bytes(body[1:5], "little")
    if body[0] != 0x2F:
        raise cut_off("WebP")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
