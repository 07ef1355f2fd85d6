"""What is said of options that cannot work."""

import sys
from typing import Any

import pytest

from producers.camera import CameraProducer
from producers.registry import Misconfigured, Registry
from producers.vision.faults import Fault
from tests.support.cameras import frames_of


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"detector": "faces"}, "legal are 'face', 'people', 'none' and the dotted path"),
        ({"detector": "a..b"}, "legal are 'face'"),
        ({"rate": 0.01}, "greater than or equal to 0.1"),
        ({"rate": 31}, "less than or equal to 30"),
        ({"source": " "}, "it is empty; legal is a device's number, a path or a URL"),
        ({"width": 10}, "greater than or equal to 64"),
        ({"quality": 101}, "less than or equal to 100"),
        ({"timeout": 0}, "greater than or equal to 0.1"),
        ({"detector_options": {"at": object()}}, "detector_options"),
        ({"fps": 2}, "'fps'] is no option of this producer"),
    ],
)
def test_options_that_are_not_legal_are_told(options: dict[str, Any], says: str) -> None:
    row = {"BACKEND": "producers.camera.CameraProducer", "OPTIONS": options}

    error = Registry.build({"camera": row}).errors["camera"]

    assert isinstance(error, Misconfigured)
    assert says in str(error)


def test_check_is_clean() -> None:
    options = {"source": "rtsp://cam/", "detector": "some_detectors.paints"}

    assert CameraProducer("camera").check() == []
    assert CameraProducer("camera", CameraProducer.Options(**options)).check() == []


def test_check_says_what_cannot_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    options = {"source": "gopher://me:hunter22@cam/", "detector": "no_such_package.detect"}
    camera = CameraProducer("camera", CameraProducer.Options(**options))

    found = {message.id: f"{message.msg} {message.hint}" for message in camera.check()}

    assert list(found) == ["producers.E020", "producers.E021", "producers.E022"]
    assert "pip install 'eventwall[vision]'" in found["producers.E020"]
    assert "'gopher://…@cam/'" in found["producers.E021"]
    assert "there is no 'no_such_package'" in found["producers.E022"]


async def test_without_opencv_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)

    async with frames_of(0) as following:
        with pytest.raises(Fault, match=r"OpenCV is not installed: pip install 'eventwall\[vis"):
            await following()


@pytest.mark.parametrize(
    ("options", "seconds"), [({}, 5), ({"rate": 0.1}, 30), ({"rate": 1, "expect_every": 2}, 2)]
)
def test_a_tile_is_stale_after_three_frames_or_five_seconds(
    options: dict[str, Any], seconds: float
) -> None:
    camera = CameraProducer("camera", CameraProducer.Options(**options))

    assert camera.expect_every == pytest.approx(seconds)
