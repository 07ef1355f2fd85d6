"""`startwidget` writes what works as it is, and never over what is there."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError

from tests.support.scaffolded import files_in, scaffold

ROOT = Path(__file__).resolve().parents[2]

start = partial(scaffold, "startwidget")


def test_it_writes_four_files_and_says_where_it_is_named(tmp_path: Path) -> None:
    told = start("wind_rose", tmp_path)

    assert files_in(tmp_path) == [
        "templates/widgets/wind_rose.html",
        "templates/widgets/wind_rose.svg",
        "tests/widgets/test_wind_rose.py",
        "widgets/wind_rose.py",
    ]
    assert '"widget": "widgets.wind_rose.WindRoseWidget"' in told


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Rose", "a-z"),
        ("wind-rose", "a-z"),
        ("../rose", "a-z"),
        ("7up", "a-z"),
        ("", "a-z"),
        ("x" * 31, "1 to 30"),
        ("class", "no Python keyword"),
        ("gauge", "'gauge' is a widget already"),
    ],
)
def test_an_illegal_name_is_refused_with_what_is_legal(name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=why):
        start(name, tmp_path)

    assert files_in(tmp_path) == []


@pytest.mark.parametrize("there", ["widgets/rose.py", "templates/widgets/rose.svg"])
def test_nothing_is_written_where_something_is(there: str, tmp_path: Path) -> None:
    (tmp_path / there).parent.mkdir(parents=True)
    (tmp_path / there).write_text("mine")

    with pytest.raises(CommandError, match=f"{there} is there already"):
        start("rose", tmp_path)

    assert files_in(tmp_path) == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there is no directory"):
        start("rose", tmp_path / "none")


def test_what_it_writes_passes_lint_types_and_its_own_test(tmp_path: Path) -> None:
    for part in ("dashboard", "producers", "site_config", "templates"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "manage.py"):
        shutil.copy(ROOT / part, tmp_path / part)
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests/settings.py", tmp_path / "tests")

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env={**os.environ, "EVENTWALL_DATA_DIR": str(tmp_path / "var")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    written = []
    for name in ("wind_rose", "a" * 30):
        run("manage.py", "startwidget", name)
        written += [f"widgets/{name}.py", f"tests/widgets/test_{name}.py"]

    run("-m", "ruff", "check", "--no-cache", *written)
    run("-m", "ruff", "format", "--no-cache", "--check", *written)
    run("-m", "mypy", "--follow-imports=silent", *written)
    assert "4 passed" in run("-m", "pytest", "-p", "no:cacheprovider", *written[1::2])
