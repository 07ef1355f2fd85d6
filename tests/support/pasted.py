"""What a document tells its reader to paste, done as the reader would."""

import re
import subprocess
import sys

from tests.support.documents import ROOT
from tests.support.wall import Wall


def named_in(text: str) -> str:
    """Return the path that the first line of a block names."""
    found = re.match(r"(?:\{# |# )(\S+)", text)
    assert found is not None, f"this block does not say which file it is: {text[:80]!r}"
    return found[1]


def run(script: str, wall: Wall, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a bash block as its reader would, against the wall of this test."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", for_here(script, wall)],
        env=wall.environment | {"EVENTWALL_TOKEN": wall.token} | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def for_here(script: str, wall: Wall) -> str:
    there = {"http://127.0.0.1:8000": wall.url, ".venv/bin/python": sys.executable}
    for theirs, ours in there.items():
        script = script.replace(theirs, ours)
    return script
