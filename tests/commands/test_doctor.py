"""`manage.py doctor` names what is wrong and a remedy, for each thing that can be wrong."""

import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dashboard.live import descriptors
from dashboard.ops import doctor
from dashboard.ops.doctor import Finding, examine
from tests.support.wall import Wall


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., Wall]:
    """Return a function that makes a site without starting its server."""

    def make(**settings: object) -> Wall:
        return Wall(tmp_path / "wall", settings, debug=False)

    return make


def look(site: Wall) -> str:
    said = site.manage("doctor", check=False)
    assert "Traceback" not in said
    return said


def test_a_site_that_is_well_is_told_so(make_site: Callable[..., Wall]) -> None:
    site = make_site()

    said = site.manage("doctor")

    assert "ERROR" not in said
    assert "static files: are collected" in said
    assert "database: can be reached" in said
    assert "descriptors:" in said


def test_missing_tables_and_files_are_told_with_the_command(make_site: Callable[..., Wall]) -> None:
    site = make_site()
    site.database.unlink()
    shutil.rmtree(site.directory / "static")

    said = look(site)

    assert "ERROR" in said
    assert "manage.py migrate" in said
    assert "manage.py collectstatic" in said


def test_outdated_static_files_are_told(make_site: Callable[..., Wall]) -> None:
    site = make_site()
    style = site.directory / "static" / "dashboard" / "wall.css"
    style.unlink()
    style.write_text("/* of last year */")

    said = look(site)

    assert "static files: are outdated" in said


def test_a_file_that_is_no_database_is_told(make_site: Callable[..., Wall]) -> None:
    site = make_site()
    site.database.write_bytes(b"this was a database once " * 1000)

    said = look(site)

    assert "database: cannot be used: file is not a database" in said


def test_what_sqlite_is_not_set_to_is_told(make_site: Callable[..., Wall]) -> None:
    site = make_site()
    with (site.directory / "wall_settings.py").open("a") as file:
        file.write('DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA synchronous=OFF;"\n')
    with closing(sqlite3.connect(site.database)) as database:
        database.execute("PRAGMA journal_mode=DELETE")

    said = look(site)

    assert "journal_mode is DELETE" in said
    assert "PRAGMA journal_mode=WAL" in said
    assert "PRAGMA synchronous=FULL" in said


def test_a_database_that_somebody_keeps_locked_is_told(make_site: Callable[..., Wall]) -> None:
    site = make_site()
    with (site.directory / "wall_settings.py").open("a") as file:
        file.write('DATABASES["default"]["OPTIONS"]["timeout"] = 1\n')

    with closing(sqlite3.connect(site.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = look(site)

    assert "database: cannot be used: database is locked" in said


def test_broken_producers_and_settings_are_told_with_what_is_legal(
    make_site: Callable[..., Wall],
) -> None:
    site = make_site(
        PRODUCERS={"door": {"BACKEND": "producers.doors.DoorProducer"}}, STREAM_MAX="many"
    )

    said = look(site)

    assert "'door'" in said
    assert "producers.doors" in said
    assert said.count("STREAM_MAX is 'many'") == 1


def test_debug_and_open_hosts_are_told(make_site: Callable[..., Wall]) -> None:
    site = make_site(DEBUG=True, ALLOWED_HOSTS=["*"])

    said = look(site)

    assert "EVENTWALL_DEBUG=0" in said
    assert "EVENTWALL_ALLOWED_HOSTS" in said


def found(subject: str) -> list[Finding]:
    return [finding for finding in examine() if finding.subject == subject]


@pytest.fixture
def few_descriptors() -> Iterator[int]:
    """Let this process have no more descriptors than it has now."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if os.geteuid() != 0:
        pytest.skip("only root can raise the limit again")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[0], before[0]))
    yield before[0]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.django_db
def test_a_limit_below_stream_max_is_told_with_what_it_must_be(
    settings: Any, few_descriptors: int
) -> None:
    settings.STREAM_MAX = few_descriptors

    (finding,) = found("descriptors")

    assert finding.level == "warning"
    assert f"{few_descriptors - descriptors.RESERVED} streams" in finding.told
    assert "LimitNOFILE" in finding.remedy
    assert str(few_descriptors + descriptors.RESERVED) in finding.remedy


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limits", "level"), [((0, 0), "ok"), ((0, 10**18), "warning"), ((10**18, 10**19), "error")]
)
def test_little_disk_space_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limits: tuple[int, int], level: str
) -> None:
    monkeypatch.setattr(doctor, "_TOO_LITTLE", limits[0])
    monkeypatch.setattr(doctor, "_LITTLE", limits[1])

    (finding,) = doctor._space(tmp_path)

    assert finding.level == level
    assert str(tmp_path) in finding.told
    assert ("retention" in finding.remedy) == (level != "ok")
