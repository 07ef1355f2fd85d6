"""SQLite: what the log's own connections set for themselves, whatever DATABASES says."""

import re
from contextlib import suppress
from typing import Any, Final

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

FULL: Final = 2
"""The `synchronous` with which a commit is on the disk."""

_WAL_BYTES: Final = 32 * 2**20
"""Bytes that the write-ahead log's file keeps once it was written back; it may grow to more."""
_JOURNAL_MODE: Final = re.compile(r"\bPRAGMA\s+journal_mode\s*=\s*['\"]?(\w+)", re.IGNORECASE)


def journal_mode_of(options: dict[str, Any]) -> str | None:
    """Return the journal mode that OPTIONS of a database ask for, in capitals; None: none."""
    found = _JOURNAL_MODE.findall(options.get("init_command") or "")
    return str(found[-1]).upper() if found else None


def file_of(connection: BaseDatabaseWrapper) -> str | None:
    """Return the file that a connection is to, if it is to a file."""
    name = str(connection.settings_dict["NAME"])
    in_memory = name.startswith("file:") or ":memory:" in name
    return name if connection.vendor == "sqlite" and not in_memory else None


def prepare(connection: BaseDatabaseWrapper) -> None:
    """Have an open connection lose nothing that was acknowledged, and wait its turn to write.

    Django's own connections keep what DATABASES says. A journal mode that is asked for there
    stays, for it is the file's, and each connection would set it back.
    """
    if connection.vendor != "sqlite":
        return
    # Without IMMEDIATE, a transaction that reads and then writes fails at once with "database is
    # locked", whatever the timeout.
    if str(getattr(connection, "transaction_mode", None)).upper() != "EXCLUSIVE":
        connection.transaction_mode = "IMMEDIATE"  # type: ignore[attr-defined]
    options = connection.settings_dict["OPTIONS"]
    with connection.cursor() as cursor:
        if journal_mode_of(options) is None:
            # It takes the file for itself. Who cannot have it now writes as safely, but slower.
            with suppress(OperationalError):
                cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous")
        if cursor.fetchone()[0] < FULL:
            cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA journal_size_limit={_WAL_BYTES}")
