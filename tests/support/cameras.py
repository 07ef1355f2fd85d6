"""Cameras: frames of one, the processes that they start, and detectors that go wrong."""

import asyncio
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

import psutil

from producers.camera import CameraProducer
from producers.events import Event

DETECTORS = textwrap.dedent(
    """
    import ctypes, math, os, subprocess, sys, time
    import numpy as np
    from pathlib import Path

    BOX = {"x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4}

    def raises(image): raise ValueError("the model is out of its mind")
    def exits(image): sys.exit("enough")
    def vanishes(image): os._exit(3)
    def crashes(image): ctypes.string_at(0)
    def is_killed(image): os.kill(os.getpid(), 9)
    def begins(): Path(__file__).with_suffix(".begun").touch()
    def sleeps(image): begins(), time.sleep(600)
    def holds_the_lock(image): begins(), ctypes.PyDLL(None).sleep(600)
    def sees_nothing(image): return begins() or []

    def says_nothing(image): return None
    def says_text(image): return [{"label": "face"}, "a face"]
    def says_pixels(image): return [{"label": "face", "box": {"x": 177, "y": 66, "w": 95, "h": 95}}]
    def says_nan(image): return [{"label": "face", "score": math.nan}]
    def says_object(image): return [{"label": "face", "score": object()}]
    def says_bomb(image): return [{"label": "x" * 5_000_000}]

    def chatters(image):
        print("to standard output")
        sys.stdout.flush()
        os.system("echo and so does what it starts")
        return [{"label": "thing", "score": np.float32(0.5), "box": BOX}]

    def paints(image, shade=0):
        assert image.shape == (240, 320, 3) and image.dtype == np.uint8
        image[:] = shade
        return ()

    class Counts:
        def __init__(self, start):
            self.count = start

        def __call__(self, image):
            self.count += 1
            return [{"label": f"thing {self.count}", "track_id": "7"}]

    def crashes_once(image):
        here = Path(__file__).with_suffix(".once")
        if not here.exists():
            here.touch()
            ctypes.string_at(0)
        return [{"label": "thing"}]

    def leaves_a_child(image):
        subprocess.Popen(["sleep", "600"])
        sleeps(image)
    """
)


@asynccontextmanager
async def frames_of(source: object, **options: Any) -> AsyncIterator[Callable[[], Any]]:
    """Give a function that returns the camera's next event; the camera ends with the block."""
    producer = CameraProducer(
        "camera", CameraProducer.Options(**{"source": source, "rate": 30, **options})
    )
    stream = cast(Any, producer.events())

    async def following() -> Event:
        async with asyncio.timeout(30):
            value = await anext(stream)
        assert isinstance(value, Event)
        return value

    async with aclosing(stream):
        yield following


Processes = Callable[[], list[psutil.Process]]


def descendants() -> set[psutil.Process]:
    """Return the processes that this one started, and what they started in turn."""
    return {
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE
    }
