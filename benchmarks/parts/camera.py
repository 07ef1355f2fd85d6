"""Camera: a 640x480 camera at 5 frames/s, and 100 that watch: one of them a real Chromium."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from benchmarks import film
from benchmarks.load.camera import Camera, Shot
from benchmarks.load.crowd import SATURATED
from benchmarks.load.viewers import Viewers, Watched
from benchmarks.load.worker import Worker
from benchmarks.screen import Screen
from benchmarks.servers.base import Server
from benchmarks.servers.eventwall import Eventwall
from benchmarks.table import Figure, Measure, spread

CLIENTS: Final = 100
RATE: Final = 5
FIRST: Final = 10
"""Frames before the counted ones: until then the page is still being laid out."""
FRAMES: Final = 75
LATE: Final = 2.0
"""Seconds that the last frame has until it must be seen."""

NAME: Final = f"camera, {RATE} frames/s of {film.WIDTH}×{film.HEIGHT}, {CLIENTS} clients:"
PIXELS = Measure(
    f"{NAME} POST to pixels in Chromium p50 / p99", "{:.1f} / {:.1f} ms", "p50 < 200 ms"
)
DRAWN = Measure(f"{NAME} frames that Chromium has drawn", "{:.1%}")
ANSWERED = Measure(f"{NAME} POST answered after p50 / p99", "{:.1f} / {:.1f} ms")
HAD = Measure(f"{NAME} POST to the whole picture at the others p50 / p99", "{:.1f} / {:.1f} ms")
FETCHES = Measure(f"{NAME} fetches per frame: Chromium; the others each", "{:.2f}; {:.2f}", "1; 1")
SHARE = Measure(f"{NAME} server's share of a core", "{:.0%}")
BYTES = Measure(f"{NAME} MB/s to the others", "{:.1f}")


def run(server: Server) -> Iterator[Figure]:
    """Raises RuntimeError without Chromium."""
    assert isinstance(server, Eventwall)
    posts = [film.post_of("camera", number, server.headers) for number in range(FIRST + FRAMES)]
    url = f"http://127.0.0.1:{server.port}/d/camera/"
    with Worker(Viewers) as viewers, Worker(Camera) as camera, Screen(url) as screen:
        viewers.call("open", server.port, "/stream/?dashboard=camera", CLIENTS - 1)
        camera.begin("film", server.port, posts[:FIRST], RATE)
        screen.watch(FIRST / RATE + LATE)
        camera.result()
        viewers.call("forget")
        before = server.spent()
        camera.begin("film", server.port, posts[FIRST:], RATE)
        screen.watch(FRAMES / RATE + LATE)
        shots: list[Shot] = camera.result()
        spent, watched = before.until(server.spent()), viewers.call("watched")
        shown = screen.first("#tile-camera canvas", film.number_on)
        fetched = [name_of(url) for url in screen.fetched]
    saturated = watched.busy > SATURATED
    yield Figure(PIXELS, spread(until_shown(shots, shown)), saturated)
    yield Figure(DRAWN, (sum(number >= FIRST for number in shown) / FRAMES,))
    yield Figure(ANSWERED, spread([shot.answered - shot.due for shot in shots]))
    ages = had(shots, watched)
    yield Figure(HAD, spread(ages), saturated)
    ours = sum(fetched.count(shot.picture) for shot in shots)
    yield Figure(FETCHES, (ours / FRAMES, len(ages) / FRAMES / (CLIENTS - 1)))
    yield Figure(SHARE, (spent.cpu / (FRAMES / RATE),))
    yield Figure(BYTES, (watched.received / (FRAMES / RATE) / 1e6,), saturated)


def until_shown(shots: list[Shot], shown: dict[int, float]) -> list[float]:
    """Return the seconds until Chromium showed each of these frames, or a later one in its place.

    Raises RuntimeError if it did not show the last.
    """
    last = FIRST + len(shots) - 1
    if last not in shown:
        raise RuntimeError(f"Chromium did not show the last frame within {LATE:g} s")
    seconds, at = [], shown[last]
    for number, shot in reversed([*enumerate(shots, FIRST)]):
        at = min(at, shown.get(number, at))
        seconds.append(at - shot.due)
    return seconds


def had(shots: list[Shot], watched: Watched) -> list[float]:
    """Return how old each of these frames was when a viewer had it, of all viewers."""
    due = {shot.picture: shot.due for shot in shots}
    names = ((name_of(url), at) for url, at in watched.fetched)
    return [at - due[name] for name, at in names if name in due]


def name_of(url: str) -> str:
    """Return which picture a URL is of, whatever else is in it."""
    return urlsplit(url).path.rpartition("/")[2]
