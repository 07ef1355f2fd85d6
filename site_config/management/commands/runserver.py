"""`manage.py runserver`: the same server as `serve`, started anew when code changes."""

import os
import time
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import autoreload

from dashboard.asgi.leaving import leave_within
from dashboard.management.commands import serve

_LOOK_EVERY: Final = 0.5
"""Seconds between two looks whether somebody has made the tables."""
_THREADS_MAY_TAKE: Final = 1.0
"""Seconds for the wall's threads when the process is to end, or to start anew."""


class Command(serve.Command):
    help = "Serve the wall and start anew when code changes. DEBUG is on when on loopback."

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("--noreload", action="store_false", dest="reload", help="as serve")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        if not options["reload"]:
            self.serve_with_tables(address)
            return
        code = 0
        try:
            autoreload.run_with_reloader(self.serve_or_tell, address)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
            raise
        finally:
            leave_within(_THREADS_MAY_TAKE, code)

    def serve_or_tell(self, address: str) -> None:
        """Serve; tell what keeps it from that, for somebody to change it: then it starts anew."""
        try:
            self.serve_with_tables(address)
        except CommandError as error:
            self.stderr.write(f"CommandError: {error}")
            if isinstance(error, serve.AddressUnusable):
                # It is not in the code that this is mended. From a thread, nothing else ends it.
                os._exit(1)

    def serve_with_tables(self, address: str) -> None:
        """Serve once the database has its tables, which a first start in DEBUG makes itself."""
        told = False
        while True:
            try:
                super().handle(address=address)
            except serve.TablesMissing as error:
                if settings.DEBUG and not error.made:
                    call_command("migrate", verbosity=0, skip_checks=True)
                    self.stdout.write("\n  Made the tables of a new database.")
                    continue
                if not told:
                    self.stderr.write(f"{error}. It starts when they are there.")
                told = True
                time.sleep(_LOOK_EVERY)
            else:
                return
