"""Migrated: what a first start makes, to be copied: a database with empty tables, static files."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_COLLECT: Final = (
    "from dashboard.management.static_files import collect_static_files; collect_static_files()"
)


def migrated_file() -> Path:
    """Return a database with empty tables, as `manage.py migrate` makes it."""
    return _made() / "eventwall.sqlite3"


def put_into(directory: Path) -> None:
    """Make `directory` what a data directory is after a first start."""
    shutil.copy(migrated_file(), directory)
    # As links: 700 files. Who collects anew puts another file in the place of each.
    shutil.copytree(_made() / "static", directory / "static", copy_function=os.link)


@cache
def _made() -> Path:
    """Return a data directory after a first start; each process makes one."""
    directory = tempfile.mkdtemp(prefix="eventwall-migrated-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    for words in (["migrate", "--skip-checks", "--verbosity", "0"], ["shell", "-c", _COLLECT]):
        subprocess.run(
            [sys.executable, "manage.py", *words],
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "site_config.settings", "EVENTWALL_DATA_DIR": directory},
            cwd=ROOT,
            check=True,
            timeout=60,
        )
    return Path(directory)
