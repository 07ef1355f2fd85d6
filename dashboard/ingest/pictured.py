"""PictureUpload: a request that brought a picture, from its verification to the log."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from dashboard.http.problems import Refused
from dashboard.ingest.event_batch import EventBatch
from dashboard.log.base import Appended
from dashboard.pictures.container import BadPicture
from dashboard.pictures.store import PictureStore, PicturesUnavailable
from dashboard.pictures.verifying import Verified
from producers.base import Producer
from producers.pictures import Picture

Append = Callable[[EventBatch], Awaitable[Appended]]


@dataclass(frozen=True, slots=True)
class PictureUpload:
    """A picture as it was sent, and how its document becomes events once it is known."""

    producer: Producer
    sent: bytes
    shape: Callable[[Picture], EventBatch]

    async def store(
        self, pictures: PictureStore | None, append: Append
    ) -> tuple[Appended | None, EventBatch]:
        """Store the picture, then its event; both or none. Raises Refused.

        What tells of nothing to keep leaves no picture either.
        """
        if pictures is None:
            raise Refused(
                "unsupported-media-type",
                "this wall keeps no pictures (PICTURES_DIR is not set); send the result alone",
            )
        try:
            verified = await pictures.verify(self.sent)
            shaped = self.shape(Picture(verified.id, verified.width, verified.height))
            if not shaped.events:
                return None, shaped
            async with pictures.kept(self.producer.alias, verified):
                return await append(shaped), _with(shaped, verified)
        except BadPicture as bad:
            raise Refused(bad.code, bad.detail) from None
        except PicturesUnavailable as unavailable:
            raise Refused(
                "pictures-unavailable",
                f"{unavailable}; send the same again later",
                headers={"Retry-After": "5"},
            ) from None


def _with(shaped: EventBatch, picture: Verified) -> EventBatch:
    return shaped._replace(picture=picture.id)
