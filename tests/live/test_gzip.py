"""Compressed streams, from the real server to curl; for Chromium see tests/browser."""

import io
import subprocess
import time
import zlib
from collections.abc import Callable

import pytest

from tests.support.wall import Wall


@pytest.fixture(scope="module")
def wall(shared_wall: Wall) -> Wall:
    """Return one server for all tests of this file that do not ask for their own."""
    return shared_wall


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip", "gzip"),
        ("deflate, gzip;q=0.5, br", "gzip"),
        ("GZIP", "gzip"),
        ("br", "identity"),
        ("gzip;q=0", "identity"),
        ("gzip; q=0.0", "identity"),
        ("", "identity"),
    ],
)
@pytest.mark.parametrize("path", ["/stream/", "/events/"])
def test_a_stream_is_compressed_for_who_accepts_it(
    wall: Wall, path: str, accepts: str, encoding: str
) -> None:
    with wall.events(path, Accept_Encoding=accepts) as stream:
        headers = stream.headers

    assert headers["content-encoding"] == encoding
    assert (headers.get("vary") == "Accept-Encoding") == (encoding == "gzip")


def test_the_setting_turns_it_off(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(STREAM_GZIP=False)

    with wall.events("/stream/", Accept_Encoding="gzip") as stream:
        assert stream.headers["content-encoding"] == "identity"


def test_curl_reads_what_comes_as_it_comes(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall()
    reader = subprocess.Popen(
        ["curl", "-sN", "--compressed", f"{wall.url}/events/?producer=notes&since=all"],
        stdout=subprocess.PIPE,
    )
    assert isinstance(reader.stdout, io.BufferedReader)
    try:
        wall.post("notes", {"text": "one"})
        text = b""
        while b"one" not in text:
            text += reader.stdout.read1()
        wall.post("notes", {"text": "two"})
        while b"two" not in text:
            text += reader.stdout.read1()
    finally:
        reader.terminate()
        reader.wait()
        reader.stdout.close()

    assert text.count(b"event: notes") == 2


def test_a_late_client_reads_on_with_the_others(wall: Wall) -> None:
    """The blocks after its snapshot are the very bytes that the first client gets."""
    with (
        wall.events("/events/?producer=notes", Accept_Encoding="gzip") as first,
        wall.events("/events/?producer=notes") as plain,
    ):
        plain.read(2)
        wall.post("notes", {"text": "before it came"})
        plain.until(1, "notes")
        with wall.events("/events/?producer=notes", Accept_Encoding="gzip") as late:
            wall.post("notes", {"text": "for all three"})
            plain.until(2, "notes")
            texts = []
            for stream in (first, late):
                deadline = time.monotonic() + 10
                while b"for all three" not in (text := inflate(stream.received)):
                    assert stream.read(deadline - time.monotonic())
                texts.append(text)

    assert b"before it came" in texts[0]
    assert b"before it came" not in texts[1]


def inflate(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data)


def test_a_ten_tile_wall_takes_a_quarter_of_the_bytes(make_wall: Callable[..., Wall]) -> None:
    row = {"BACKEND": "producers.readings.ReadingsProducer"}
    wall = make_wall(PRODUCERS={f"r{number}": row for number in range(10)})
    for number in range(10):
        wall.post(f"r{number}", [{"value": value, "unit": "°C"} for value in range(60)])

    with (
        wall.events("/stream/", Accept_Encoding="gzip") as packed,
        wall.events("/stream/") as plain,
    ):
        plain.until(1, "r9")
        while b"event: r9" not in inflate(packed.received):
            assert packed.read(5)
        for stream in (plain, packed):
            stream.received = stream.received[:0]
        for value in range(5):
            for number in range(10):
                wall.post(f"r{number}", {"value": value, "unit": "°C"})
        wall.post("r9", {"value": 4711, "unit": "end"})
        plain.until_text("4711", "r9")
        packed.read(1)

    assert len(packed.received) <= 0.25 * len(plain.received)
