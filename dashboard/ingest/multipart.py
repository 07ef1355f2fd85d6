"""Multipart: the parts of a multipart/form-data body (RFC 7578), all in memory; pure."""

import re
from typing import Final, NamedTuple

from django.utils.http import parse_header_parameters

MOST_PARTS: Final = 16
MOST_HEADER_BYTES: Final = 4_096
"""Of one part's headers; a file's name may be long."""

_BOUNDARY: Final = re.compile(r"[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]", re.ASCII)
_AFTER_BOUNDARY: Final = re.compile(rb"[ \t]*\r\n")


class Part(NamedTuple):
    """One field of the form."""

    name: str
    media_type: str
    """In lower case; "" when none is said."""
    content: bytes


class BadMultipart(ValueError):
    """The body is not what its Content-Type says."""


def read_parts(body: bytes, boundary: str) -> list[Part]:
    """Return the parts of `body`, in order. Raises BadMultipart."""
    if not _BOUNDARY.fullmatch(boundary):
        raise BadMultipart(
            f"its Content-Type has the boundary {boundary!r:.80}; legal are 1 to 70 characters, "
            "as your HTTP client sets them when you leave the header to it"
        )
    mark = b"--" + boundary.encode()
    parts: list[Part] = []
    at = 0 if body.startswith(mark) else body.find(b"\r\n" + mark) + 2
    if at == 1:  # not found
        raise BadMultipart(f"the boundary {boundary!r} of its Content-Type is not in it")
    at += len(mark)
    while not body.startswith(b"--", at):
        line = _AFTER_BOUNDARY.match(body, at)
        if line is None:
            raise BadMultipart("a boundary in it is not followed by a line break")
        # The line break before a boundary belongs to it, also where a part is empty.
        end = body.find(b"\r\n" + mark, line.end() - 2)
        if end < 0:
            raise BadMultipart("its closing boundary is missing: it is cut off")
        if len(parts) == MOST_PARTS:
            raise BadMultipart(f"it has more than {MOST_PARTS} parts")
        parts.append(_part(body, line.end(), end))
        at = end + 2 + len(mark)
    return parts


def _part(body: bytes, start: int, end: int) -> Part:
    head = body.find(b"\r\n\r\n", start - 2, min(end + 2, start + MOST_HEADER_BYTES))
    if head < 0:
        raise BadMultipart(
            f"a part has no end of its headers within its first {MOST_HEADER_BYTES} bytes"
        )
    said: dict[str, str] = {}
    for line in body[start:head].decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        said[name.strip().lower()] = value.strip()
    try:
        disposition, options = parse_header_parameters(said.get("content-disposition", ""))
        media_type, _ = parse_header_parameters(said.get("content-type", ""))
    except ValueError as error:
        raise BadMultipart(f"a part has headers that cannot be read: {error}") from None
    if disposition.lower() != "form-data" or not options.get("name"):
        raise BadMultipart("a part has no name: Content-Disposition: form-data; name=… is legal")
    if (coding := said.get("content-transfer-encoding", "binary").lower()) not in _PLAIN:
        raise BadMultipart(f"a part is encoded as {coding!r:.80}; send it as it is")
    return Part(options["name"], media_type.lower(), body[head + 4 : end])


_PLAIN: Final = ("binary", "8bit", "7bit")
