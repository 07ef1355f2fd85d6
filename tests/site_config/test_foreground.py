"""CTRL-C of what make runs ends make as the command ended: with 0 where that stopped as it was
told."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.typed import CTRL_C, Typed

SERVER = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("it " + "serves", flush=True)
time.sleep(600)
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Typed]:
    (tmp_path / "server.py").write_text(SERVER)
    makefile = tmp_path / "Makefile"
    recipe = f"@exec {sys.executable} -m site_config.foreground {tmp_path}/server.py"
    makefile.write_text(f"run:\n\t{recipe}\n")
    # Within `make test`, a make that knows of the outer one would tell which directory it enters.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    make = Typed("run", environment=alone, program=("make", "-f", str(makefile)))
    make.until("it serves")
    yield make
    make.close()


def test_ctrl_c_ends_make_with_0_and_quietly(make: Typed) -> None:
    make.press(b"\x1a")  # CTRL-Z: nothing
    make.press(CTRL_C)

    assert make.end() == 0
    assert make.said.replace("^Z", "").split() in (["it", "serves", "^C"], ["it", "serves^C"])


def test_sigterm_of_make_ends_the_server(make: Typed) -> None:
    make.signal(signal.SIGTERM)

    make.end()  # the terminal is closed when the last who holds it has ended
    assert "Error" not in make.said
