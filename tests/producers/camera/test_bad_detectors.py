"""Detectors that raise, hang, crash or talk rubbish: named, and started again."""

from pathlib import Path

import pytest

from producers.camera import CameraProducer
from producers.policy import Policy
from producers.registry import Registry
from producers.supervisor import Supervisor
from producers.vision.faults import Fault
from tests.support.cameras import Processes, frames_of
from tests.support.producing import ListLog, Until

FAULTS = [
    ("some_detectors.raises", "raised ValueError: the model is out of its mind"),
    ("some_detectors.exits", "raised SystemExit: enough"),
    ("some_detectors.vanishes", r"ended the camera's process \(exit code 3\)"),
    ("some_detectors.crashes", r"\(killed by SIGSEGV\): at .*:\d+ in \w+"),
    ("some_detectors.is_killed", r"\(killed by SIGKILL\): did the machine run out of memory\?"),
    ("some_detectors.sleeps", r"did not answer within 0\.5 s"),
    ("some_detectors.holds_the_lock", r"did not answer within 0\.5 s"),
    ("some_detectors.says_nothing", "returned None; legal is a list of"),
    ("some_detectors.says_text", "returned what is no detection: 1: .*, not 'a face'"),
    ("some_detectors.says_pixels", "returned what is no detection: 0/box/x: a relative coord"),
    ("some_detectors.says_nan", "returned what JSON cannot say"),
    ("some_detectors.says_object", "returned what JSON cannot say: object is nothing"),
    ("some_detectors.says_bomb", "returned what JSON cannot say: .* bytes of JSON"),
    ("some_detectors.is_missing", "cannot be loaded: AttributeError: .*'is_missing'"),
    ("some_detectors.BOX", "cannot be loaded: TypeError: .* cannot be called"),
    ("some_detectors.Counts", "cannot be loaded: TypeError: .*'start'"),
    ("no_such_package.detect", "cannot be loaded: ModuleNotFoundError"),
]


@pytest.mark.parametrize(("detector", "why"), FAULTS)
async def test_a_detector_that_fails_is_named(
    picture: Path, detector: str, why: str, processes: Processes
) -> None:
    async with frames_of(picture, detector=detector, timeout=0.5) as following:
        with pytest.raises(Fault, match=why) as raised:
            await following()

    assert f"detector '{detector}'" in str(raised.value)
    assert processes() == []


async def test_a_detector_that_crashes_is_started_again(
    picture: Path, log: ListLog, hasty: Policy, until: Until, processes: Processes
) -> None:
    options = {"source": picture, "detector": "some_detectors.crashes_once", "rate": 30}
    camera = CameraProducer("camera", CameraProducer.Options(**options))
    supervisor = Supervisor(Registry({"camera": camera}), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: len(log.of("camera")) > 2)
    await until(lambda: supervisor.states["camera"].error is None)
    state = supervisor.states["camera"]
    await supervisor.stop()

    assert (state.status, state.restarts) == ("running", 1)
    errors = [state.error for state in log.states("camera") if state.error]
    assert any("'some_detectors.crashes_once'" in error for error in errors)
    assert any("killed by SIGSEGV" in error for error in errors)
    assert processes() == []
