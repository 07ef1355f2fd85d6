"""Container: what a picture's file says before it is decoded, and why it is refused."""

from dataclasses import dataclass
from typing import Final, Literal

Code = Literal["bad-picture", "too-large", "unsupported-media-type"]

_PADDING: Final = b"\0\t\n\r "
"""What cameras put behind a picture; anything else is another file."""


class BadPicture(ValueError):
    """This is no picture that is taken: `code` is that of the problem, `detail` says the reason."""

    def __init__(self, detail: str, code: Code = "bad-picture") -> None:
        self.code = code
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Container:
    """A picture of `width` x `height` pixels, as its file says; nothing is decoded yet.

    `essential` is the file without what is not needed to draw it: no metadata, no text, no
    profile. `exif` is that part of the metadata which says how the picture is turned.
    """

    ending: Literal["jpg", "png", "webp"]
    width: int
    height: int
    essential: bytes
    exif: bytes = b""
    lossless: bool = False


def must_end(data: bytes, end: int, name: str) -> None:
    """Refuse what lies behind the end of a picture. Raises BadPicture."""
    if end > len(data):
        raise cut_off(name)
    if behind := len(data[end:].strip(_PADDING)):
        raise BadPicture(
            f"{behind} bytes lie behind the end of this {name}; send the picture alone "
            "(no film, second picture or archive behind it)"
        )


def cut_off(name: str) -> BadPicture:
    return BadPicture(f"this {name} is cut off or damaged; send the whole file")


def animated(name: str) -> BadPicture:
    return BadPicture(f"this {name} is animated; send one frame")
