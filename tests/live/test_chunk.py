"""One compression for all: any suffix of the blocks behind a header is a gzip stream."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.live.chunk import GZIP_HEADER, Chunk


def inflate(data: bytes) -> bytes:
    """Decompress as a browser does: what has come so far, without an end."""
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data)


@given(parts=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8))
def test_whoever_comes_late_can_read_on_from_there(parts: list[bytes]) -> None:
    chunks = [Chunk(part) for part in parts]
    blocks = [chunk.deflated for chunk in chunks]

    for late in range(len(parts)):
        assert inflate(GZIP_HEADER + b"".join(blocks[late:])) == b"".join(parts[late:])


def test_each_block_can_be_read_before_the_next_has_come() -> None:
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    assert reader.decompress(GZIP_HEADER + Chunk(b"retry: 1\n\n").deflated) == b"retry: 1\n\n"
    assert reader.decompress(Chunk(b"event: a\n").deflated) == b"event: a\n"


def test_a_chunk_is_compressed_once() -> None:
    chunk = Chunk(b"x" * 1000)

    assert chunk.deflated is chunk.deflated
    assert len(chunk.deflated) < 100


@pytest.mark.parametrize("data", [b"x", b"x" * 16, b"x" * 70_000])
def test_frames_are_http_chunks(data: bytes) -> None:
    size, _, rest = Chunk(data).framed.partition(b"\r\n")

    assert int(size, 16) == len(data)
    assert rest == data + b"\r\n"


def test_an_empty_last_chunk_has_no_bytes() -> None:
    last = Chunk(b"", more=False)

    assert last.deflated == b""
    assert last.message == {"type": "http.response.body", "body": b"", "more_body": False}
