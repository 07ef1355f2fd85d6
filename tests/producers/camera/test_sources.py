"""Files, folders, devices and URLs, and how each of them may go and come back."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from producers.camera import CameraProducer
from producers.policy import Policy
from producers.registry import Registry
from producers.supervisor import Supervisor
from producers.vision.faults import Fault
from tests.support.cameras import Processes, frames_of
from tests.support.film import jpegs, number_of, write_film
from tests.support.mjpeg import MjpegServer
from tests.support.producing import ListLog, Until


async def until_it_fails(following: Callable[[], Any], why: str) -> None:
    """Take what still comes; then the camera fails, for the reason `why`."""

    async def take_all() -> None:
        while True:
            await following()

    with pytest.raises(Fault, match=why):
        await take_all()


async def test_a_file_begins_again(tmp_path: Path) -> None:
    film = write_film(tmp_path / "short.avi", 4)
    async with frames_of(film, detector="none") as following:
        numbers = [number_of((await following()).picture) for _ in range(9)]

    assert max(numbers.count(number) for number in range(4)) >= 2


async def test_without_loop_a_file_falls_silent_at_its_end(
    tmp_path: Path, log: ListLog, hasty: Policy, until: Until, processes: Processes
) -> None:
    film = write_film(tmp_path / "short.avi", 3)
    options = {"source": film, "detector": "none", "rate": 30, "loop": False}
    camera = CameraProducer("camera", CameraProducer.Options(**options))
    supervisor = Supervisor(Registry({"camera": camera}), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: log.of("camera") and not processes())
    state = supervisor.states["camera"]
    await supervisor.stop()

    assert (state.status, state.error) == ("running", None)
    assert 1 <= len(log.of("camera")) <= 3


async def test_who_is_slow_gets_the_newest_frame(film: Path) -> None:
    async with frames_of(film, detector="none") as following:
        first = number_of((await following()).picture)
        await asyncio.sleep(1)  # the log is slow
        second = number_of((await following()).picture)

    assert 23 <= (second - first) % 80 <= 45


async def test_no_more_frames_are_sent_than_the_rate_says(film: Path) -> None:
    async with frames_of(film, detector="none", rate=5) as following:
        times = [(await following()).time for _ in range(6)]

    assert 0.8 <= (times[-1] - times[0]).total_seconds() <= 2


async def test_a_deleted_file_is_a_fault_at_its_end(tmp_path: Path) -> None:
    film = write_film(tmp_path / "short.avi", 10)
    async with frames_of(film, detector="none") as following:
        await following()
        film.unlink()
        await until_it_fails(following, r"there is no .*short\.avi; legal is a device, a URL")


@pytest.mark.parametrize(
    ("left", "why"), [(0, "cannot be read as a video"), (3_000, r"short\.avi")]
)
async def test_a_truncated_file_is_a_fault(tmp_path: Path, left: int, why: str) -> None:
    film = write_film(tmp_path / "short.avi", 10)
    os.truncate(film, left)

    async with frames_of(film, detector="none") as following:
        with pytest.raises(Fault, match=why):
            await following()


@pytest.fixture
def half_a_film(film: Path) -> Path:
    os.truncate(film, film.stat().st_size // 2)
    return film


async def test_half_a_film_plays_as_far_as_it_goes(half_a_film: Path) -> None:
    async with frames_of(half_a_film, detector="none") as following:
        numbers = {number_of((await following()).picture) for _ in range(5)}

    assert max(numbers) < 45


async def test_a_device_that_is_not_there_is_a_fault() -> None:
    async with frames_of(63, detector="none") as following:
        with pytest.raises(Fault, match="camera 63 cannot be opened; is it there"):
            await following()


async def test_a_camera_that_drops_is_a_fault_and_tells_no_password() -> None:
    with MjpegServer(jpegs(10)) as server:
        async with frames_of(server.url, detector="none") as following:
            assert number_of((await following()).picture) < 10
            server.go()
            await until_it_fails(following, r"^http://…@127\.0\.0\.1:\d+/.* has dropped")
    assert server.asked == ["/video.mjpg?key=sesame"]

    async with frames_of(server.url, detector="none") as following:
        with pytest.raises(Fault, match=r"cannot be opened \(.*Connection refused\)") as raised:
            await following()
    for secret in ("admin", "hunter22", "sesame"):
        assert secret not in str(raised.value)


async def test_a_camera_that_comes_back_is_seen_again(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    with MjpegServer(jpegs(10)) as server:
        options = {"source": server.url, "detector": "none", "rate": 30}
        camera = CameraProducer("camera", CameraProducer.Options(**options))
        supervisor = Supervisor(Registry({"camera": camera}), log.append, policy=hasty)
        await supervisor.start()
        await until(lambda: log.of("camera"))

        server.go()
        await until(lambda: supervisor.states["camera"].error)
        told = len(log.of("camera"))
        server.come()
        await until(lambda: len(log.of("camera")) > told + 2)
        await until(lambda: supervisor.states["camera"].error is None)
        await supervisor.stop()

    assert len(server.asked) >= 2
    said = caplog.text + str([state.error for state in log.states("camera")])
    assert "has dropped" in said
    assert "hunter22" not in said
    assert "sesame" not in said


async def test_a_camera_that_says_nothing_is_a_fault() -> None:
    with MjpegServer([b""]) as server:
        async with frames_of(server.url, detector="none", timeout=0.5) as following:
            with pytest.raises(Fault, match=r"cannot be opened|was not opened within 0\.5 s"):
                await following()
