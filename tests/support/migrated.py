"""Migrated: an SQLite file with the tables and nothing in them, to be copied."""

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


@cache
def migrated_file() -> Path:
    """Return the file that `manage.py migrate` makes for the site; each process makes one."""
    directory = tempfile.mkdtemp(prefix="eventwall-migrated-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"],
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "site_config.settings", "EVENTWALL_DATA_DIR": directory},
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    return Path(directory) / "eventwall.sqlite3"
