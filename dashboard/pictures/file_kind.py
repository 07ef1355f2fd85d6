"""file_kind: what kind of file some bytes are by how they begin, so that a refusal can name it."""

from typing import Final

_STARTS: Final = (
    (b"\xff\xd8\xff", "a JPEG"),
    (b"\x89PNG\r\n\x1a\n", "a PNG"),
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1a\x45\xdf\xa3", "a Matroska or WebM film"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_BRANDS: Final = (
    ((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "a HEIC picture"),
    ((b"avif", b"avis"), "an AVIF picture"),
)


def file_kind(data: bytes) -> str | None:
    """Return what `data` is, as in "this is a GIF"; None where that is not known."""
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return next((kind for brands, kind in _BRANDS if brand in brands), "an MP4 or MOV film")
    if data[:4] == b"RIFF":
        return {b"WEBP": "a WebP", b"AVI ": "an AVI film"}.get(data[8:12])
    return next((kind for start, kind in _STARTS if data.startswith(start)), None)
