"""Checks of the database that a DatabaseLog is to live in: what only its operator can decide."""

from typing import Any, Final

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.db import connections

from dashboard.log.sqlite import journal_mode_of

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
        *_check_journal(alias, options),
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


def _check_journal(alias: str, options: dict[str, Any]) -> list[CheckMessage]:
    mode = journal_mode_of(options)
    if mode in {None, "WAL"}:
        return []
    return [
        CheckWarning(
            f"DATABASES[{alias!r}]['OPTIONS']['init_command'] sets journal_mode={mode}: readers "
            "and the event log's writer will wait for each other",
            hint="Leave journal_mode out, and the log sets WAL; or say it yourself: "
            "'PRAGMA journal_mode=WAL;'.",
            id="dashboard.W015",
        )
    ]


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
