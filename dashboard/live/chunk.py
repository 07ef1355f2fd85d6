"""Chunk: some bytes of a stream, in each form that a connection may want, made once for all."""

import zlib
from collections.abc import MutableMapping
from functools import cached_property
from typing import Any, Final, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]

GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""RFC 1952: deflate, no name, no time. Every compressed stream begins with it, none ends."""

_compressor = zlib.compressobj(level=6, wbits=-zlib.MAX_WBITS)


class Chunk:
    """Immutable; `data` may be empty only for the last chunk (`more` false).

    Deflate blocks that end with Z_FULL_FLUSH refer to nothing before them. So one compression
    serves every client, whenever it came: the gzip header, then the blocks since.
    """

    def __init__(self, data: bytes, *, more: bool = True) -> None:
        self.data = data
        self.more = more

    @cached_property
    def deflated(self) -> bytes:
        if not self.data:
            return b""
        return _compressor.compress(self.data) + _compressor.flush(zlib.Z_FULL_FLUSH)

    @cached_property
    def message(self) -> Message:
        """The chunk as an ASGI message."""
        return {"type": "http.response.body", "body": self.data, "more_body": self.more}

    @cached_property
    def deflated_message(self) -> Message:
        """The chunk, compressed, as an ASGI message."""
        return {"type": "http.response.body", "body": self.deflated, "more_body": self.more}

    @cached_property
    def framed(self) -> bytes:
        """The chunk as HTTP/1.1 carries it: RFC 9112, section 7.1."""
        return b"%x\r\n%b\r\n" % (len(self.data), self.data)

    @cached_property
    def deflated_framed(self) -> bytes:
        """The chunk, compressed, as HTTP/1.1 carries it."""
        return b"%x\r\n%b\r\n" % (len(self.deflated), self.deflated)
