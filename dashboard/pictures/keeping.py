"""Keeping: what PictureStore does with a picture, for a thread that has no event loop."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.conf import conf
from dashboard.pictures.folder import Folder
from dashboard.pictures.store import PicturesUnavailable
from dashboard.pictures.verifying import Verified, verify


def verify_sync(sent: bytes) -> Verified:
    """Return the picture that `sent` is; nothing is stored yet. Raises BadPicture; blocks."""
    limits = conf()
    return verify(sent, most_bytes=limits.PICTURE_MAX_BYTES, most_pixels=limits.PICTURE_MAX_PIXELS)


@contextmanager
def kept_sync(directory: Path, alias: str, picture: Verified) -> Iterator[None]:
    """Have a picture of a producer on the disk, for what is done inside.

    Where that fails, a picture that was not there before is removed again. Raises
    PicturesUnavailable.
    """
    folder = Folder(directory)
    try:
        stamp = folder.put(alias, picture.id, picture.data)
    except OSError as error:
        raise PicturesUnavailable(f"the picture cannot be stored: {error.strerror}") from error
    try:
        yield
    except Exception:
        if stamp is not None:
            folder.discard(alias, picture.id, stamp)
        raise
