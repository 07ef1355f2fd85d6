"""Fixtures of the camera's tests: a film, a picture, detectors that go wrong."""

from pathlib import Path

import pytest

from tests.support.cameras import DETECTORS, Processes, descendants
from tests.support.film import jpegs, write_film


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_film(tmp_path / "film.avi", 80)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.jpg"
    path.write_bytes(jpegs(1)[0])
    return path


@pytest.fixture(autouse=True)
def detectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the detectors of these tests a module that can be imported."""
    (tmp_path / "some_detectors.py").write_text(DETECTORS)
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """Return a file that is there once a detector that tells so has begun."""
    return tmp_path / "some_detectors.begun"


@pytest.fixture
def processes() -> Processes:
    """Return a function that gives what the test's cameras run; other tests' servers are none."""
    others = descendants()
    return lambda: list(descendants() - others)
