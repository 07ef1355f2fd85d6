"""The same application under other ASGI servers: slower, but as right."""

import signal
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.other_server import COMMANDS, OtherServer
from tests.support.stalled import QUIET, post_notes, probe, request

pytestmark = pytest.mark.faults

every_server = pytest.mark.parametrize("name", COMMANDS)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., OtherServer]]:
    """Return a function that starts a server by name, with keyword settings overridden."""
    walls: list[OtherServer] = []

    def make(name: str, **settings: object) -> OtherServer:
        quiet = {"PRODUCERS": QUIET, "ROOT_URLCONF": "tests.support.probe"}
        wall = OtherServer(name, tmp_path / f"wall{len(walls)}", quiet | settings)
        walls.append(wall)
        wall.start()
        return wall

    yield make

    for wall in walls:
        wall.stop()


def unzipped(data: bytes) -> bytes:
    """Return what can be read of a compressed stream that goes on."""
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data)


@every_server
def test_streams_begin_go_on_and_are_over_when_their_client_leaves(
    serve: Callable[..., OtherServer], name: str
) -> None:
    wall = serve(name, STREAM_HEARTBEAT=1)
    (first,) = wall.manage("send", "notes", "before").split()

    with wall.events("/stream/", Accept_Encoding="gzip") as squeezed:
        assert squeezed.headers["content-encoding"] == "gzip"
        while b"before" not in unzipped(squeezed.received):
            assert squeezed.read(5)
    with wall.events("/stream/") as tiles, wall.events("/events/?since=all") as events:
        tiles.until_text("before", "notes")
        events.until_text("before", "notes")
        wall.manage("send", "notes", "while they watch")
        tiles.until_text("while they watch", "notes")
        events.until_text("while they watch", "notes")
        tiles.until(2, "hb")
        events.until(1, "hb")
        open_ = probe(wall)
    after = wall.until(lambda: probe(wall)["admitted"] == 0 and probe(wall))
    with wall.events("/events/", Last_Event_ID=first) as resumed:
        (missed,) = resumed.until(1, "notes")

    for stream in (tiles, events):
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["x-accel-buffering"] == "no"
        assert stream.headers["x-frame-options"] == "DENY"
    assert (open_["admitted"], open_["streams"]) == (2, 2)
    assert (after["audiences"], after["streams"]) == (0, 0)
    assert "while they watch" in missed.data
    said = wall.log.read_text()
    assert said.count("not the wall's own server") == 1
    assert "Traceback" not in said


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "daphne"])
def test_a_client_that_never_reads_is_left(serve: Callable[..., OtherServer], name: str) -> None:
    """(daphne lets nobody know that a client is slow: it takes everything into memory.)"""
    wall = serve(name, STREAM_STALL=1, STREAM_WINDOW=100)
    with ExitStack() as clients, wall.events("/events/?producer=notes") as healthy:
        for path in ("/events/", "/events/?since=all"):
            clients.enter_context(request(wall.port, path))
        wall.until(lambda: probe(wall)["admitted"] == 3)
        deadline = time.monotonic() + 60
        while probe(wall)["admitted"] > 1:
            post_notes(wall, 200, length=1900)
            while healthy.read(0.05):
                pass
            assert time.monotonic() < deadline, wall.log.read_text()
        wall.manage("send", "notes", "the healthy one goes on")
        healthy.until_text("the healthy one goes on", "notes")

    assert "Traceback" not in wall.log.read_text()


@every_server
def test_a_stop_is_over_soon(serve: Callable[..., OtherServer], name: str) -> None:
    wall = serve(name)
    assert wall.process is not None
    with wall.events("/stream/") as tiles, wall.events("/events/") as events:
        tiles.until(1, "hb")
        wall.process.send_signal(signal.SIGTERM)
        wall.process.wait(60)
        for stream in (tiles, events):
            while stream.read(5):
                pass

    assert tiles.ended
    assert events.ended


@pytest.mark.parametrize("name", ["uvicorn", "granian"])
def test_a_stop_sends_streams_away_before_the_server_cuts_them(
    serve: Callable[..., OtherServer], name: str
) -> None:
    """(hypercorn takes the signal after us; daphne tells nobody when it starts and stops.)"""
    wall = serve(name, STREAM_DRAIN=0.5)
    assert wall.process is not None
    with wall.events("/stream/") as tiles, wall.events("/events/") as events:
        tiles.until(1, "hb")
        wall.process.send_signal(signal.SIGTERM)
        for stream in (tiles, events):
            while stream.read(5):
                pass
        wall.process.wait(60)

    for stream in (tiles, events):
        assert stream.received.count(b"retry: ") == 1  # with its first block; none comes alone
        assert stream.received.endswith(b"\n\n")
    said = wall.log.read_text()
    assert "Traceback" not in said
    assert "Killing" not in said
