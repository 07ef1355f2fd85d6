"""JPEG: its segments (ITU T.81, annex B), without those that say nothing of the pixels."""

import re
from struct import unpack_from
from typing import Final

from dashboard.pictures.container import BadPicture, Container, cut_off

START: Final = b"\xff\xd8\xff"

_END: Final = 0xD9
_SCAN: Final = 0xDA
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a segment."""
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_METADATA: Final = frozenset({*range(0xE0, 0xF0), 0xFE})
_COLOURS: Final = {0xE0: b"JFIF\0", 0xEE: b"Adobe"}
"""The two that say how the numbers become colours."""
_EXIF: Final = b"Exif\0\0"

_MOST_SCANS: Final = 100
"""A progressive JPEG has about ten. Each is gone through for every pixel: a few bytes of the
file could keep a decoder busy for hours."""

_NEXT_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)


def read(data: bytes) -> Container:
    """Return what the JPEG `data` holds. Raises BadPicture.

    What lies behind its end is left: phones put a second picture or a film there (MPO, motion
    photos), cameras a trailer of their own.
    """
    kept = [data[:2]]
    exif, size, scans, at = b"", None, 0, 2
    while True:
        start = at
        while data[at : at + 1] == b"\xff":
            at += 1
        if at == start or at >= len(data):
            raise cut_off("JPEG")
        marker, at = data[at], at + 1
        if marker == _END:
            break
        if marker in _ALONE:
            continue
        length = unpack_from(">H", data, at)[0] if at + 2 <= len(data) else 0
        segment = data[at + 2 : at + length]
        if length < 2 or at + length > len(data):
            raise cut_off("JPEG")
        at += length
        if marker in _METADATA:
            if marker == 0xE1 and not exif and segment.startswith(_EXIF):
                exif = segment[len(_EXIF) :]
            if not segment.startswith(_COLOURS.get(marker, b"\0\0")):
                continue
        elif marker in _FRAMES:
            if size is not None or len(segment) < 6:
                raise cut_off("JPEG")
            size = unpack_from(">HH", segment, 1)
        elif marker == _SCAN:
            scans += 1
            if scans > _MOST_SCANS:
                raise BadPicture(f"this JPEG has more than {_MOST_SCANS} scans; save it anew")
            found = _NEXT_MARKER.search(data, at)
            if found is None:
                raise cut_off("JPEG")
            segment += data[at : found.start()]
            at = found.start()
        kept.append(b"\xff%c%b%b" % (marker, (length).to_bytes(2, "big"), segment))
    if size is None or scans == 0:
        raise cut_off("JPEG")
    height, width = size
    return Container("jpg", width, height, b"".join([*kept, b"\xff\xd9"]), exif)
