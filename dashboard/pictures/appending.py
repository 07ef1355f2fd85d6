"""Appending: pictures are stored, then the events that refer to them; both or none."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from dashboard.log.base import Appended, EventLog, LogUnavailable
from dashboard.log.lease import Fence
from dashboard.pictures.container import BadPicture
from dashboard.pictures.store import PictureStore, PicturesUnavailable
from dashboard.pictures.verifying import Verified
from producers.events import JSON, Event

Append: TypeAlias = Callable[[Sequence[Event]], Awaitable[Appended]]
"""EventLog.append, or what stands before it."""


async def append_with(
    append: Append,
    events: Sequence[Event],
    store: PictureStore,
    pictures: Sequence[tuple[str, Verified]],
) -> Appended:
    """Store `pictures`, each for the producer of that alias, then `append` the `events`.

    Where that fails, no picture is left. Raises PicturesUnavailable, and what `append` raises.
    """
    async with AsyncExitStack() as kept:
        for alias, picture in pictures:
            await kept.enter_async_context(store.kept(alias, picture))
        return await append(events)


class PictureAppender:
    """Appends to `log`, pictures to `pictures`; without a store, events go without theirs."""

    def __init__(self, log: EventLog, pictures: PictureStore | None) -> None:
        self._log = log
        self._pictures = pictures

    async def append(self, events: Sequence[Event], fence: Fence | None = None) -> Appended:
        """Store events as EventLog.append does, each picture before the event that refers to it.

        Raises ValueError when one is no picture that is taken, and LogUnavailable also when the
        disk takes none just now.
        """
        if all(event.picture is None for event in events):
            return await self._log.append(events, fence)
        if self._pictures is None:
            return await self._log.append([replace(event, picture=None) for event in events], fence)
        told: list[Event] = []
        pictures: list[tuple[str, Verified]] = []
        try:
            for event in events:
                if event.picture is not None:
                    picture = await self._pictures.verify(event.picture)
                    pictures.append((event.producer, picture))
                    event = _told(event, picture)
                told.append(event)
            append = partial(self._log.append, fence=fence)
            return await append_with(append, told, self._pictures, pictures)
        except BadPicture as error:
            raise ValueError(f"its picture is not taken: {error}") from error
        except PicturesUnavailable as error:
            raise LogUnavailable(str(error)) from error


def _told(event: Event, picture: Verified) -> Event:
    """Return the event with the picture's id in the picture's place."""
    size: dict[str, JSON] = {"width": picture.width, "height": picture.height}
    told = {**event.data, "picture": picture.id}
    told.setdefault("size", size)
    return replace(event, data=told, picture=None)
