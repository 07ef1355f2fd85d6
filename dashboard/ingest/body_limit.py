"""body_limit: how large the body of a request may be, by its type."""

from typing import Final, NamedTuple

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from dashboard.conf import conf
from dashboard.http.problems import Refused, shown

_MAY_HOLD_PICTURE: Final = ("image/", "multipart/form-data", "application/octet-stream")


class BodyLimit(NamedTuple):
    """`most` bytes, as `settings` say."""

    most: int
    settings: str

    def require_length(self, declared: str) -> None:
        """Raise Refused when a Content-Length is none, or more than may come."""
        if not (declared.isascii() and declared.isdecimal()):
            raise Refused(
                "bad-request", f"Content-Length is {shown(declared)}; a number of bytes is legal"
            )
        self.require_size(int(declared[:20]))

    def require_size(self, size: int) -> None:
        """Raise Refused when there are more bytes than may come."""
        if size > self.most:
            raise self.too_large()

    def too_large(self) -> Refused:
        return Refused(
            "too-large",
            f"the body has more than {self.most} bytes ({self.settings}); send it in parts",
            legal={"bytes": self.most},
        )


def body_limit(content_type: str) -> BodyLimit:
    """Return the limit for a body of this type: a picture may be larger, with its document."""
    settings = conf()
    if content_type.lower().startswith(_MAY_HOLD_PICTURE):
        most = settings.INGEST_MAX_BYTES + settings.PICTURE_MAX_BYTES
        return BodyLimit(most, "INGEST_MAX_BYTES and PICTURE_MAX_BYTES")
    return BodyLimit(settings.INGEST_MAX_BYTES, "INGEST_MAX_BYTES")


def body_of(request: HttpRequest) -> bytes:
    """Return the whole body. What is declared too large is refused before it is read.

    Raises Refused. The lane has held the body against its limit already; other handlers have not.
    """
    limit = body_limit(request.content_type or "")
    limit.require_length(request.META.get("CONTENT_LENGTH") or "0")
    try:
        body = request.body
    except RequestDataTooBig:  # DATA_UPLOAD_MAX_MEMORY_SIZE is smaller
        raise limit.too_large() from None
    limit.require_size(len(body))
    return body
