"""body_limit: how large the body of a request may be, by its type."""

from typing import NamedTuple

from dashboard.conf import conf


class BodyLimit(NamedTuple):
    """`most` bytes, as `settings` say."""

    most: int
    settings: str


def body_limit(content_type: str) -> BodyLimit:
    """Return the limit for a body of this type: a picture may be larger, with its document."""
    settings = conf()
    if content_type.lower().startswith(("image/", "multipart/form-data")):
        most = settings.INGEST_MAX_BYTES + settings.PICTURE_MAX_BYTES
        return BodyLimit(most, "INGEST_MAX_BYTES and PICTURE_MAX_BYTES")
    return BodyLimit(settings.INGEST_MAX_BYTES, "INGEST_MAX_BYTES")
