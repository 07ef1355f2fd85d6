"""The wheel, built once for all tests that look into it or install it."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.support.rooms import ROOT


@cache
def wheel() -> Path:
    """Return the wheel of this tree, built with what is installed and without a network."""
    directory = tempfile.mkdtemp(prefix="eventwall-wheel-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    done = subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", directory, str(ROOT)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (built,) = Path(directory).glob("eventwall-*.whl")
    return built
