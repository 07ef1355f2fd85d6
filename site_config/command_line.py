"""Command line: Django's, where what an operator can mend is one line and stops no more than it."""

import errno
import io
import sys
from typing import Any, Final, NoReturn

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand, SystemCheckError
from django.db import OperationalError

from dashboard.ops.checks import stops_the_wall

_ABOUT_FILES: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC})


def execute(argv: list[str]) -> None:
    """Run the command that `argv` names; `--traceback` shows where a fault comes from."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that is not UTF-8 is shown what it has no sign for as \xb0.
            stream.reconfigure(errors="backslashreplace")
    try:
        CommandLine(argv).execute()
    except ImproperlyConfigured as error:
        _end(argv, f"The settings are wrong: {error}")
    except OperationalError as error:
        _end(argv, f"The database cannot be used: {error}. {_remedy(error)}")
    except OSError as error:
        if error.errno not in _ABOUT_FILES:
            raise
        _end(argv, f"{error.filename} cannot be used: {error.strerror}.")


class CommandLine(ManagementUtility):
    """Runs commands though a row of PRODUCERS is wrong: only `check` fails of it."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        if subcommand == "check":
            return command
        check = command.check

        def told(**options: Any) -> None:
            try:
                check(**options)
            except SystemCheckError as error:
                if any(map(stops_the_wall, run_checks(databases=options.get("databases")))):
                    raise
                command.stderr.write(str(error))

        command.check = told  # type: ignore[method-assign,assignment]
        return command


def _remedy(error: OperationalError) -> str:
    if "no such table" in str(error):
        return "Make its tables with: python manage.py migrate"
    return "`python manage.py doctor` looks at it."


def _end(argv: list[str], told: str) -> NoReturn:
    """End with this line; called while the exception is handled."""
    if "--traceback" in argv:
        raise
    sys.exit(told)
