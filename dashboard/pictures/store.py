"""PictureStore: pictures of one process, verified, kept beside the log, and given back."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from dashboard.conf import Conf
from dashboard.lru import LRU
from dashboard.pictures.folder import Folder, sweep
from dashboard.pictures.verifying import Verified, verify

logger = logging.getLogger(__name__)

_AT_ONCE: Final = 2
"""Pictures verified at the same time; more would take the streams' share of the processors."""

_MOST_WAITING: Final = 128 * 2**20
"""Bytes of pictures that wait to be verified."""

_MOST_RECENT: Final = 32 * 2**20
"""Bytes of pictures in memory, so that many may fetch a new one at once: enough for the newest
frames of a hundred cameras, and for a few photographs."""

Name = tuple[str, str]
"""A producer's alias and a picture's id."""


class PicturesUnavailable(Exception):
    """Pictures cannot be stored just now; nothing was stored. Try again later."""


def picture_store(settings: Conf) -> "PictureStore | None":
    """Return the store that the settings describe; None where they have no PICTURES_DIR."""
    directory = settings.PICTURES_DIR
    return None if directory is None else PictureStore(directory, settings)


class PictureStore:
    """Keeps pictures in `directory`. Belongs to one event loop, which it never blocks."""

    def __init__(self, directory: Path, settings: Conf) -> None:
        self._folder = Folder(directory)
        self._recent: LRU[Name, bytes] = LRU(_MOST_RECENT, len)
        self._reading: dict[Name, asyncio.Future[bytes | None]] = {}
        self._verify = partial(
            verify,
            most_bytes=settings.PICTURE_MAX_BYTES,
            most_pixels=settings.PICTURE_MAX_PIXELS,
        )
        self._most_stored = settings.PICTURES_MAX_BYTES
        self._waiting = 0
        self._verifiers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="picture-verifier")

    async def verify(self, sent: bytes) -> Verified:
        """Return the picture that `sent` is; nothing is stored yet.

        Raises BadPicture, and PicturesUnavailable when too many wait for the same.
        """
        if self._waiting + len(sent) > _MOST_WAITING:
            raise PicturesUnavailable("too many pictures come at once")
        self._waiting += len(sent)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._verifiers, self._verify, sent)
        finally:
            self._waiting -= len(sent)

    @asynccontextmanager
    async def kept(self, alias: str, picture: Verified) -> AsyncIterator[None]:
        """Have a picture of a producer on the disk, for what is done inside.

        Where that fails, a picture that was not there before is removed again. Raises
        PicturesUnavailable.
        """
        name = (alias, picture.id)
        try:
            stamp = await asyncio.to_thread(self._folder.put, *name, picture.data)
        except OSError as error:
            logger.warning("picture not stored producer=%s error=%s", alias, error)
            raise PicturesUnavailable(f"the picture cannot be stored: {error.strerror}") from error
        self._recent.put(name, picture.data)
        try:
            yield
        # Not when cancelled: then nobody knows whether an entry refers to it by now.
        except Exception:
            if stamp is not None:
                self._recent.drop(name)
                await asyncio.to_thread(self._folder.discard, *name, stamp)
            raise

    async def read(self, alias: str, id_: str) -> bytes | None:
        """Return a picture's bytes; None when there is none. Raises OSError.

        However many ask for it at the same time, the disk is read once.
        """
        name = (alias, id_)
        if (data := self._recent.get(name)) is not None:
            return data
        if (reading := self._reading.get(name)) is None:
            reading = self._reading[name] = asyncio.ensure_future(self._read(name))
        return await asyncio.shield(reading)

    async def sweep(self, spans: Sequence[tuple[datetime, datetime]]) -> int:
        """Remove what no entry received in `spans` refers to, and what is too much; return how
        many went.

        Raises OSError.
        """
        return await asyncio.to_thread(sweep, self._folder, spans, self._most_stored)

    def close(self) -> None:
        """Begin no more verifications."""
        self._verifiers.shutdown(wait=False, cancel_futures=True)

    async def _read(self, name: Name) -> bytes | None:
        try:
            data = await asyncio.to_thread(self._folder.get, *name)
            if data is not None:
                self._recent.put(name, data)
            return data
        finally:
            del self._reading[name]
