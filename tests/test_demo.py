"""The wall of `make demo`: all of it moves, and a face is boxed by real inference."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.demo import film
from examples.demo.sensors import SensorProducer
from tests.support.wall import Wall


def test_the_face_is_on_most_of_the_film(tmp_path: Path) -> None:
    width, height = film.SIZE
    side = film.FACE[2] * film.SCALE

    corners = film.make(tmp_path / "var" / "film.avi", frames=48)

    seen = [0 <= x <= width - side and 0 <= y <= height - side for x, y in corners]
    assert 0.6 <= sum(seen) / len(seen) <= 0.9
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["film.avi"]


async def test_a_sensor_wanders_about_and_comes_back() -> None:
    options = SensorProducer.Options(around=700, spread=200, unit="ppm", digits=0)
    sensor = SensorProducer("air", options)

    values = [dict(sensor.event(await sensor.sample()).data)["value"] for _ in range(500)]

    assert all(isinstance(value, int) and 0 < value < 1400 for value in values)
    assert min(values) < 700 < max(values)  # type: ignore[type-var,operator]
    assert len(set(values)) > 50


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Wall]:
    wall = Wall(tmp_path / "demo", {})
    wall.environment["DJANGO_SETTINGS_MODULE"] = "examples.demo.settings"
    film.make(wall.directory / "film.avi", frames=60)
    yield wall
    wall.stop()


def test_everything_on_it_speaks(demo: Wall) -> None:
    said = demo.manage("check", "--fail-level", "WARNING")
    demo.start()

    with demo.events("/events/?since=all") as stream:
        for alias in ("clock", "host", "temperature", "air", "notes"):
            stream.until(1, alias)
        frames = stream.until(8, "camera")

    assert "no issues" in said
    data = [json.loads(frame.data)["data"] for frame in frames]
    assert {seen["label"] for one in data for seen in one["detections"]} == {"face"}
    assert all(one["picture"] for one in data)
