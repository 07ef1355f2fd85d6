"""The wall in Debian's Firefox: fragments of the shared gzip stream, live."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.support.firefox import EXECUTABLE, Firefox
from tests.support.relay import Connection, Relay
from tests.support.wall import Wall

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        EXECUTABLE is None,
        reason="firefox-esr is missing (apt-get install firefox-esr); Chromium has the other tests",
    ),
]

CLOCK = {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 1}}


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with Firefox(tmp_path_factory.mktemp("firefox")) as firefox:
        yield firefox


def stream_of(relay: Relay) -> Connection:
    """Return the connection over which the page's stream came."""
    (stream,) = [c for c in relay.connections if b"GET /stream/" in c.asked]
    return stream


def unzipped(answered: bytes) -> str:
    """Return what can be read of the stream at the end of a connection, as far as it came."""
    _, _, answer = answered.rpartition(b"HTTP/1.1 200 ")
    rest = answer.partition(b"\r\n\r\n")[2]
    body = b""
    with suppress(ValueError):
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            body += rest[: int(size, 16)]
            rest = rest[int(size, 16) + 2 :]
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(body).decode()


def tick(firefox: Firefox, before: str = "") -> str:
    """Return what the clock shows once that is not `before`."""
    shown = "document.querySelector('#tile-clock time')?.innerText"
    time: str = firefox.until(f"const now = {shown}; return now && now != '{before}' && now")
    return time


def test_the_clock_ticks_from_a_compressed_stream(
    firefox: Firefox, make_wall: Callable[..., Wall]
) -> None:
    wall = make_wall(PRODUCERS={"clock": CLOCK})

    with Relay(wall.port) as relay:
        firefox.visit(f"http://127.0.0.1:{relay.port}/")
        seen = [tick(firefox)]
        for _ in range(3):
            seen.append(tick(firefox, seen[-1]))
        stream = stream_of(relay)

    accepted = stream.asked.lower().rpartition(b"accept-encoding:")[2].split(b"\r\n")[0]
    assert b"gzip" in accepted
    assert b"content-encoding: gzip" in stream.answered.lower()
    assert unzipped(stream.answered).count("event: clock\n") >= 3


def test_a_killed_server_that_comes_back_is_seen_without_a_reload(
    firefox: Firefox, make_wall: Callable[..., Wall]
) -> None:
    wall = make_wall(PRODUCERS={"clock": CLOCK})
    firefox.visit(wall.url)
    firefox.run("window.neverReloaded = true")

    wall.kill()
    before = tick(firefox)
    wall.start()
    after = tick(firefox, before)

    assert after != before
    assert firefox.run("return window.neverReloaded") is True
