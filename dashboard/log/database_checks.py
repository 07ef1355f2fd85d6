"""Checks of the database that a DatabaseLog is to live in: what would lose or block appends."""

import re
from typing import Any, Final

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.db import connections

_PRAGMA: Final = re.compile(r"\bPRAGMA\s+(\w+)\s*=\s*'?(\w+)", re.IGNORECASE)
_SHORT_TIMEOUT: Final = 1.0
_LONG_TIMEOUT: Final = 60.0


def check_database(alias: str) -> list[CheckMessage]:
    """Return what DATABASES[alias] should say otherwise. Does not connect."""
    connection = connections[alias]
    if connection.vendor != "sqlite":
        return []
    name, options = str(connection.settings_dict["NAME"]), connection.settings_dict["OPTIONS"]
    return [
        *_check_file(alias, name),
        *_check_transactions(alias, options),
        *_check_pragmas(alias, options),
        *_check_timeout(alias, options),
    ]


def _check_file(alias: str, name: str) -> list[CheckMessage]:
    if ":memory:" not in name and "mode=memory" not in name:
        return []
    return [
        Error(
            f"DATABASES[{alias!r}]['NAME'] is {name!r}: the event log needs a file, for each of "
            "its threads would see another database in memory",
            hint="Give a path, or use dashboard.log.memory.MemoryLog.",
            id="dashboard.E013",
        )
    ]


def _check_transactions(alias: str, options: dict[str, Any]) -> list[CheckMessage]:
    mode = options.get("transaction_mode")
    if str(mode).upper() in {"IMMEDIATE", "EXCLUSIVE"}:
        return []
    return [
        Error(
            f"DATABASES[{alias!r}]['OPTIONS']['transaction_mode'] is {mode!r}: the event log "
            "needs 'IMMEDIATE'; otherwise SQLite answers a second writer with 'database is "
            "locked' at once, whatever the timeout",
            hint="Set 'transaction_mode': 'IMMEDIATE'.",
            id="dashboard.E014",
        )
    ]


def _check_pragmas(alias: str, options: dict[str, Any]) -> list[CheckMessage]:
    pragmas = {
        name.lower(): value.upper()
        for name, value in _PRAGMA.findall(options.get("init_command") or "")
    }
    where = f"DATABASES[{alias!r}]['OPTIONS']['init_command']"
    messages: list[CheckMessage] = []
    if pragmas.get("journal_mode") != "WAL":
        messages.append(
            CheckWarning(
                f"{where} does not set journal_mode=WAL: readers and the event log's writer "
                "will wait for each other",
                hint="Add 'PRAGMA journal_mode=WAL;'.",
                id="dashboard.W015",
            )
        )
    if pragmas.get("synchronous") not in {"FULL", "EXTRA", "2", "3"}:
        messages.append(
            CheckWarning(
                f"{where} does not set synchronous=FULL: a power cut may lose events that were "
                "acknowledged",
                hint="Add 'PRAGMA synchronous=FULL;'.",
                id="dashboard.W016",
            )
        )
    return messages


def _check_timeout(alias: str, options: dict[str, Any]) -> list[CheckMessage]:
    timeout = options.get("timeout", 5)
    if isinstance(timeout, int | float) and _SHORT_TIMEOUT <= timeout <= _LONG_TIMEOUT:
        return []
    return [
        CheckWarning(
            f"DATABASES[{alias!r}]['OPTIONS']['timeout'] is {timeout!r}: appends fail, or wait, "
            "for so many seconds while another process writes "
            f"(legal: {_SHORT_TIMEOUT:g} to {_LONG_TIMEOUT:g})",
            hint="Set 'timeout': 5.",
            id="dashboard.W017",
        )
    ]
