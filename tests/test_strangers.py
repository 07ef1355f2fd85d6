"""The contract suites are run, as documented, on what somebody else wrote in another folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.documents import ROOT, block

LOG = """
from dashboard.log.memory import MemoryLog

class GoodLog(MemoryLog):
    pass

class ForgetfulLog(MemoryLog):
    async def read(self, after, limit):
        return (await super().read(after, limit))[1:]
"""
DOOR = '''
from pydantic import Field
from producers.base import Producer

class DoorProducer(Producer):
    """Tells whether the door is open."""

    class Options(Producer.Options):
        pin: int = Field(ge=0, description="GPIO pin of the contact")

    event_type = "door"

    async def sample(self):
        return {"open": self.options.pin == 4}

class SlowProducer(DoorProducer):
    async def sample(self):
        return {"open": float("nan")}
'''
PRODUCERS = ROOT / "docs" / "producers.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"


@pytest.mark.parametrize(
    ("document", "option", "documented", "module", "good", "bad"),
    [
        (ARCHITECTURE, "--event-log", "mylog.MyLog", LOG, "GoodLog", "ForgetfulLog"),
        (PRODUCERS, "--producer", "door.DoorProducer", DOOR, "DoorProducer", "SlowProducer"),
    ],
    ids=["log", "producer"],
)
def test_a_contract_is_tried_on_a_strangers_class(
    document: Path, option: str, documented: str, module: str, good: str, bad: str, tmp_path: Path
) -> None:
    (tmp_path / "theirs.py").write_text(module)
    script = block(document, "bash", option).replace(".venv/bin/python", sys.executable)
    script = script.replace("~/mine", str(tmp_path))

    kept, broken = (
        subprocess.run(
            ["bash", "-c", script.replace(documented, f"theirs.{name}")],
            env=os.environ | {"PYTEST_ADDOPTS": "-q -x -p no:cacheprovider -p no:xdist"},
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        for name in (good, bad)
    )

    assert kept.returncode == 0, kept.stdout
    assert re.search(r"^\d+ passed", kept.stdout, re.MULTILINE)
    assert broken.returncode == 1, broken.stdout
