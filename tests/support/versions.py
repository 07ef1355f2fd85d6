"""Versions: the unit tests and one test in a browser, on each pair of Python and Django declared.

`python -m tests.support.versions` (`make test-versions`) says of each pair what came of it, and
names the Pythons that this machine has not.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
WHERE: Final = ROOT / "build" / "versions"

NEEDS: Final = {"5.2": (3, 10), "6.0": (3, 12), "6.1": (3, 12)}
"""Django → the oldest Python that it runs on."""
UNIT: Final = ("-n", "2", "--dist", "loadfile", "-m", "not faults and not browser")
BROWSER: Final = ("tests/browser/test_wall.py", "-k", "one_stream")


def declared() -> list[tuple[str, str]]:
    """Return the pairs of Python and Django that the classifiers declare."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    said = "\n".join(project["classifiers"])
    pythons = re.findall(r"^Programming Language :: Python :: (3\.\d+)$", said, re.MULTILINE)
    djangos = re.findall(r"^Framework :: Django :: (\d+\.\d+)$", said, re.MULTILINE)
    return [
        (python, django)
        for python in pythons
        for django in djangos
        if tuple(map(int, python.split("."))) >= NEEDS[django]
    ]


def find(python: str) -> str | None:
    """Return the executable of a Python, on the path or from pyenv."""
    from_pyenv = sorted(Path.home().glob(f".pyenv/versions/{python}.*/bin/python"))
    return str(from_pyenv[-1]) if from_pyenv else shutil.which(f"python{python}")


def environment(executable: str, python: str, django: str) -> Path:
    """Return the Python of an environment for the pair; it is made when it is not there."""
    directory = WHERE / f"python{python}-django{django}"
    made, stamp = directory / "bin" / "python", directory / "installed"
    wanted = (ROOT / "pyproject.toml").read_text() + (ROOT / "constraints.txt").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return made
    # All as it is pinned, but Django, and what only mypy asks for.
    pinned = [
        line
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if not line.lower().startswith(("django==", "django-stubs"))
    ]
    subprocess.run([executable, "-m", "venv", "--clear", str(directory)], check=True)
    constraints = directory / "constraints.txt"
    constraints.write_text("\n".join(pinned))
    pip = [str(made), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    subprocess.run(
        [*pip, "-c", str(constraints), f"django=={django}.*", "-e", ".", "--group", "dev"],
        cwd=ROOT,
        check=True,
    )
    stamp.write_text(wanted)
    return made


def run(python: Path, *arguments: str) -> bool:
    return subprocess.run([str(python), "-m", "pytest", "-q", *arguments], cwd=ROOT).returncode == 0


def main() -> int:
    """Return 1 when a pair failed, or when there was none that could be tried."""
    told = {}
    for python, django in declared():
        executable = find(python)
        pair = f"Python {python}, Django {django}"
        if executable is None:
            told[pair] = f"not tried: this machine has no Python {python}"
            continue
        print(f"--- {pair}", flush=True)
        made = environment(executable, python, django)
        passed = [run(made, *UNIT), run(made, *BROWSER)]
        told[pair] = "passed" if all(passed) else "failed"
    print(*(f"{pair}: {what}" for pair, what in told.items()), sep="\n")
    return int("failed" in told.values() or "passed" not in told.values())


if __name__ == "__main__":
    sys.exit(main())
