"""`startproducer` writes what works as it is, and never over what is there."""

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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "producers").mkdir()
    return tmp_path


start = partial(scaffold, "startproducer")


def test_it_writes_three_files_and_says_what_to_put_into_the_settings(project: Path) -> None:
    told = start("door_bell", project)

    assert files_in(project) == [
        "producers/door_bell.py",
        "templates/producers/door_bell.html",
        "tests/producers/test_door_bell.py",
    ]
    assert '    "door_bell": {\n' in told
    assert '"BACKEND": "producers.door_bell.DoorBellProducer",\n' in told


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Door", "legal|a-z"),
        ("door-bell", "a-z"),
        ("../door", "a-z"),
        ("7up", "a-z"),
        ("", "a-z"),
        ("x" * 31, "1 to 30"),
        ("class", "no Python keyword"),
        ("error", "reserved name"),
    ],
)
def test_an_illegal_name_is_refused_with_what_is_legal(name: str, why: str, project: Path) -> None:
    with pytest.raises(CommandError, match=why):
        start(name, project)

    assert files_in(project) == []


@pytest.mark.parametrize("there", ["producers/door.py", "tests/producers/test_door.py"])
def test_nothing_is_written_where_something_is(there: str, project: Path) -> None:
    (project / there).parent.mkdir(parents=True, exist_ok=True)
    (project / there).write_text("mine")

    with pytest.raises(CommandError, match=f"{there} is there already"):
        start("door", project)

    assert files_in(project) == [there]
    assert (project / there).read_text() == "mine"


def test_a_directory_without_producers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there is no producers/ in"):
        start("door", tmp_path)


def test_what_it_writes_passes_lint_types_and_its_own_test(tmp_path: Path) -> None:
    for part in ("dashboard", "producers", "site_config", "templates"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "manage.py"):
        shutil.copy(ROOT / part, tmp_path / part)
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests/settings.py", tmp_path / "tests")
    longest = "a" * 30

    def run(*command: str) -> None:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env={**os.environ, "EVENTWALL_DATA_DIR": str(tmp_path / "var")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"

    for name in ("free_disk", longest):
        run("manage.py", "startproducer", name)
    written = [
        f"{folder}{name}.py"
        for name in ("free_disk", longest)
        for folder in ("producers/", "tests/producers/test_")
    ]

    run("-m", "ruff", "check", "--no-cache", *written)
    run("-m", "ruff", "format", "--no-cache", "--check", *written)
    run("-m", "mypy", "--follow-imports=silent", *written)
    run("-m", "pytest", "-p", "no:cacheprovider", *written[1::2])
