"""No process outlives its camera, however that ends."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from producers.camera import CameraProducer
from producers.policy import Policy
from producers.registry import Registry
from producers.supervisor import Supervisor
from tests.support.cameras import Processes
from tests.support.producing import ListLog, Until
from tests.support.wall import Wall


@pytest.mark.parametrize(
    ("detector", "started"),
    [("sees_nothing", 1), ("sleeps", 1), ("holds_the_lock", 1), ("leaves_a_child", 2)],
)
async def test_its_processes_end_at_once_with_it(
    picture: Path,
    begun: Path,
    log: ListLog,
    hasty: Policy,
    until: Until,
    detector: str,
    started: int,
    processes: Processes,
) -> None:
    options = {"source": picture, "detector": f"some_detectors.{detector}", "timeout": 600}
    camera = CameraProducer("camera", CameraProducer.Options(**options))
    patient = replace(hasty, stop_within=60)
    supervisor = Supervisor(Registry({"camera": camera}), log.append, policy=patient)
    await supervisor.start()
    await until(begun.exists)
    there = processes()

    await supervisor.stop()

    assert supervisor.states["camera"].error is None
    assert len(there) == started
    assert psutil.wait_procs(there, timeout=30)[1] == []


@pytest.mark.parametrize("pause", [0, 0.001, 0.01, 0.1])
async def test_a_camera_that_is_stopped_while_it_starts_leaves_nothing(
    film: Path, pause: float, processes: Processes
) -> None:
    stream = CameraProducer("camera", CameraProducer.Options(source=film)).events()
    starting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(pause)

    starting.cancel()
    await asyncio.wait([starting])

    assert starting.cancelled()
    assert processes() == []


@pytest.mark.parametrize("detector", ["sees_nothing", "sleeps", "holds_the_lock"])
def test_its_process_ends_when_the_wall_is_killed(
    make_wall: Callable[..., Wall], begun: Path, picture: Path, detector: str
) -> None:
    options = {"source": str(picture), "detector": f"some_detectors.{detector}", "timeout": 600}
    wall = make_wall(
        PRODUCERS={"camera": {"BACKEND": "producers.camera.CameraProducer", "OPTIONS": options}}
    )
    wall.until(begun.exists)
    assert wall.process is not None
    children = psutil.Process(wall.process.pid).children()

    wall.kill()

    _, alive = psutil.wait_procs(children, timeout=30)
    assert len(children) == 1
    assert alive == []
