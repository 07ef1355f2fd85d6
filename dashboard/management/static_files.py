"""Static files: collected where they are served from, and again only when a source changed."""

import hashlib
import json
from pathlib import Path
from typing import Final

import servestatic
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import CommandError

STAMP: Final = ".collected"
"""In STATIC_ROOT: a digest of what the files there were made of."""


def collect_static_files() -> None:
    """Put the static files into STATIC_ROOT; raise CommandError if that fails.

    Hashing and compressing all of them takes longer than the rest of a start.
    """
    stamp = Path(settings.STATIC_ROOT) / STAMP
    sources = _digest()
    try:
        if stamp.is_file() and stamp.read_text() == sources:
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(sources)
    except OSError as error:
        raise CommandError(
            f"{error.filename} cannot be used: {error.strerror}; the static files are "
            f"collected in {settings.STATIC_ROOT}, which this user must be able to write"
        ) from error


def _digest() -> str:
    """Return what the collected files depend on: each source as it is, and how it is stored."""
    made_by = json.dumps([settings.STORAGES["staticfiles"], servestatic.__version__], default=repr)
    sources = hashlib.sha256(made_by.encode())
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=None):
            status = Path(storage.path(name)).stat()
            sources.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return sources.hexdigest()
