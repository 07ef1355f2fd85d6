"""Appending: events that bring their picture are appended with its id in the picture's place."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from dashboard.log.base import Appended, EventLog, LogUnavailable
from dashboard.pictures.container import BadPicture
from dashboard.pictures.store import PictureStore, PicturesUnavailable
from producers.events import JSON, Event


class PictureAppender:
    """Appends to `log`, pictures to `pictures`; without a store, events go without theirs."""

    def __init__(self, log: EventLog, pictures: PictureStore | None) -> None:
        self._log = log
        self._pictures = pictures

    async def append(self, events: Sequence[Event]) -> Appended:
        """Store events as EventLog.append does, each picture before the event that refers to it.

        Raises ValueError when one is no picture that is taken, and LogUnavailable also when the
        disk takes none just now.
        """
        if all(event.picture is None for event in events):
            return await self._log.append(events)
        async with AsyncExitStack() as kept:
            return await self._log.append([await self._without(event, kept) for event in events])

    async def _without(self, event: Event, kept: AsyncExitStack) -> Event:
        if event.picture is None:
            return event
        if self._pictures is None:
            return replace(event, picture=None)
        try:
            picture = await self._pictures.verify(event.picture)
            await kept.enter_async_context(self._pictures.kept(event.producer, picture))
        except BadPicture as error:
            raise ValueError(f"its picture is not taken: {error}") from error
        except PicturesUnavailable as error:
            raise LogUnavailable(str(error)) from error
        size: dict[str, JSON] = {"width": picture.width, "height": picture.height}
        told = {**event.data, "picture": picture.id}
        told.setdefault("size", size)
        return replace(event, data=told, picture=None)
