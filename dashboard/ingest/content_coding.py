"""Content coding: a body that came compressed, unpacked within the limit of its type."""

import zlib
from typing import Final

from django.http import HttpRequest

from dashboard.http.problems import Refused, shown
from dashboard.ingest.body_limit import body_limit

_GZIP: Final = 16 + zlib.MAX_WBITS


def unpacked(request: HttpRequest, body: bytes) -> bytes:
    """Return `body` as its sender meant it. Raises Refused.

    No more is unpacked than may come uncompressed: a small body could become any number of bytes.
    """
    said = request.META.get("HTTP_CONTENT_ENCODING")
    if said is None:
        return body
    codings = [coding for part in said.split(",") if (coding := part.strip().lower())]
    codings = [coding for coding in codings if coding != "identity"]
    if not codings:
        return body
    if codings not in (["gzip"], ["x-gzip"]):
        raise Refused(
            "unsupported-content-encoding",
            f"Content-Encoding is {shown(said)}; send the body as it is, or as gzip",
            headers={"Accept-Encoding": "gzip, identity"},
            legal=["gzip", "identity"],
        )
    limit = body_limit(request.content_type or "")
    stream = zlib.decompressobj(_GZIP)
    try:
        content = stream.decompress(body, limit.most + 1)
    except zlib.error as error:
        raise Refused("bad-request", f"the body is no gzip: {error}") from None
    limit.require_size(len(content))
    if not stream.eof or stream.unused_data:
        what = "goes on behind its end" if stream.eof else "is cut off"
        raise Refused("bad-request", f"the body is gzip that {what}; send one whole member")
    return content
