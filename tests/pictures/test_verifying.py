"""What is kept of a picture is ours: its pixels, upright, and nothing else; the rest is refused."""

import zlib
from struct import pack
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from dashboard.pictures.container import BadPicture
from dashboard.pictures.names import is_picture_id
from dashboard.pictures.verifying import Verified, verify
from tests.support.pictures import BLUE, ORANGE, decoded, drawn, encoded, turned

KINDS = ["JPEG", "PNG", "WEBP"]


def taken(sent: bytes, *, most_bytes: int = 10**6, most_pixels: int = 10**6) -> Verified:
    return verify(sent, most_bytes=most_bytes, most_pixels=most_pixels)


def refusal(sent: bytes, **limits: int) -> BadPicture:
    with pytest.raises(BadPicture) as refused:
        taken(sent, **limits)
    assert refused.value.detail.isprintable()
    return refused.value


def near(seen: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 24 for a, b in zip(seen, wanted, strict=True))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [*(("JPEG", mode) for mode in ("RGB", "L", "CMYK", "1")),
     *(("PNG", mode) for mode in ("RGB", "L", "P", "RGBA", "1", "LA", "I;16")),
     *(("WEBP", mode) for mode in ("RGB", "RGBA", "L"))],
)  # fmt: skip
def test_a_picture_is_encoded_anew_in_its_own_kind(kind: str, mode: str) -> None:
    picture = taken(encoded(kind, drawn(mode=mode)))

    again = decoded(picture.data)
    assert is_picture_id(picture.id)
    assert again.format == kind
    assert again.size == (64, 48) == (picture.width, picture.height)
    if mode in ("RGB", "P", "RGBA"):
        seen = again.convert("RGB")
        assert near(seen.getpixel((8, 8)), ORANGE)
        assert near(seen.getpixel((56, 40)), BLUE)


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_what_came_without_loss_is_kept_without_loss(kind: str, options: dict[str, Any]) -> None:
    noise = Image.effect_noise((40, 30), 90).convert("RGB")

    picture = taken(encoded(kind, noise, **options))

    assert decoded(picture.data).convert("RGB").tobytes() == noise.tobytes()


def test_transparency_is_kept() -> None:
    clear = Image.new("RGBA", (10, 10), (255, 0, 0, 0))

    assert decoded(taken(encoded("PNG", clear)).data).getpixel((5, 5)) == (255, 0, 0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_is_dropped(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}  # GPS
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a secret", zip=False)
    own: dict[str, dict[str, Any]] = {
        "JPEG": {"comment": b"a secret", "xmp": b"<x>a secret</x>"},
        "PNG": {"pnginfo": text},
        "WEBP": {"xmp": b"<x>a secret</x>"},
    }
    sent = encoded(kind, exif=exif, icc_profile=b"a secret profile", **own[kind])
    assert sent.count(b"a secret") >= 2

    kept = taken(sent).data

    again = decoded(kept)
    assert b"secret" not in kept
    assert b"Exif" not in kept
    assert dict(again.getexif()) == {}
    assert not again.info.keys() & {"icc_profile", "xmp", "comment", "Comment", "exif"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)),
     (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))],
)  # fmt: skip
def test_a_turned_picture_is_kept_upright(
    kind: str, orientation: int, corner: tuple[int, int]
) -> None:
    picture = taken(encoded(kind, exif=turned(orientation)))

    seen = decoded(picture.data).convert("RGB")
    assert seen.size == ((48, 64) if orientation >= 5 else (64, 48))
    assert seen.size == (picture.width, picture.height)
    x, y = (8 + corner[0] * (seen.width - 16), 8 + corner[1] * (seen.height - 16))
    assert picture.orientation == orientation
    assert near(seen.getpixel((x, y)), ORANGE)
    assert near(seen.getpixel((seen.width - x, seen.height - y)), BLUE)


@pytest.mark.parametrize(
    "exif", [b"", b"II*\0", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"]
)
def test_damaged_exif_turns_nothing(exif: bytes) -> None:
    picture = taken(encoded("JPEG", exif=b"Exif\0\0" + exif))

    assert (picture.width, picture.height) == (64, 48)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("left", [13, 30, -40, -6, -1])
def test_a_picture_that_is_cut_off_is_refused(kind: str, left: int) -> None:
    assert refusal(encoded(kind)[:left]).code == "bad-picture"


@pytest.mark.parametrize(
    "behind", [b"\0" * 9, encoded("JPEG"), b"ftypmp42" + b"a" * 99, b"<script>"]
)
def test_what_phones_and_cameras_put_behind_a_jpeg_is_dropped(behind: bytes) -> None:
    alone, picture = taken(encoded("JPEG")), taken(encoded("JPEG") + behind)

    assert picture.data == alone.data
    assert picture.id != alone.id


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("behind", [b"PK\3\4" + b"a" * 40, b"<script>", encoded("PNG")])
def test_what_lies_behind_a_picture_is_refused(kind: str, behind: bytes) -> None:
    refused = refusal(encoded(kind) + behind)

    assert refused.code == "bad-picture"
    assert f"{len(behind)} bytes lie behind" in refused.detail


@pytest.mark.parametrize("kind", KINDS)
def test_what_cameras_pad_with_is_left_off(kind: str) -> None:
    sent = encoded(kind)

    assert taken(sent + b"\r\n\0\0").data == taken(sent).data


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animated_picture_is_refused(kind: str) -> None:
    sent = encoded(kind, save_all=True, append_images=[drawn().rotate(180)])

    assert "animated" in refusal(sent).detail


@pytest.mark.parametrize(
    "sent",
    [b"", b"x", b'<svg xmlns="http://www.w3.org/2000/svg"/>', encoded("GIF"), encoded("BMP"),
     encoded("TIFF"), encoded("ICO"), b"%PDF-1.4", b"RIFF\0\0\0\0WAVEfmt "],
)  # fmt: skip
def test_what_is_no_picture_of_a_legal_kind_is_refused(sent: bytes) -> None:
    refused = refusal(sent)

    assert refused.code == "unsupported-media-type"
    assert "JPEG, PNG and WebP" in refused.detail


@pytest.mark.parametrize("kind", KINDS)
def test_limits_hold(kind: str) -> None:
    sent = encoded(kind)

    large = refusal(sent, most_bytes=len(sent) - 1)
    wide = refusal(sent, most_pixels=64 * 48 - 1)
    fits = taken(sent, most_bytes=len(sent), most_pixels=64 * 48)

    assert (large.code, wide.code) == ("too-large", "too-large")
    assert "PICTURE_MAX_BYTES" in large.detail
    assert "64 x 48" in wide.detail
    assert "PICTURE_MAX_PIXELS" in wide.detail
    assert fits.width == 64


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that says it is so large, and is small."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))

    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (bomb(50_000, 50_000), "too-large"),
        (bomb(2**31 - 1, 2**31 - 1), "too-large"),
        (bomb(100_000, 1), "too-large"),
        (bomb(0, 10), "bad-picture"),
    ],
)
def test_a_bomb_is_refused_before_it_is_decoded(sent: bytes, code: str) -> None:
    assert refusal(sent).code == code


def test_what_a_file_says_of_its_size_is_what_is_decoded() -> None:
    """A WebP says its size twice; the smaller one must not pass for the larger."""
    extended = encoded("WEBP", drawn(mode="RGBA").resize((64, 48)), exif=b"Exif\0\0II*\0")
    assert extended[12:16] == b"VP8X"
    lying = extended[:24] + b"\x07\0\0\x07\0\0" + extended[30:]

    assert refusal(lying).code == "bad-picture"


def test_scans_without_end_are_refused() -> None:
    sent = encoded("JPEG", progressive=True)
    start = sent.rindex(b"\xff\xda")
    scan = sent[start:-2]

    refused = refusal(sent[:start] + scan * 200 + b"\xff\xd9")

    assert "scans" in refused.detail


def test_the_id_is_that_of_what_was_sent() -> None:
    assert taken(encoded("JPEG")).id == taken(encoded("JPEG")).id
    assert taken(encoded("JPEG")).id != taken(encoded("JPEG", quality=60)).id
