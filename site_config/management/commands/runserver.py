"""`manage.py runserver`: the same server as `serve`, started anew when code changes."""

from typing import Any

from django.utils import autoreload

from dashboard.management.commands import serve


class Command(serve.Command):
    help = "Serve the wall and start anew when code changes. DEBUG is on when on loopback."

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("--noreload", action="store_false", dest="reload", help="as serve")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        if options["reload"]:
            autoreload.run_with_reloader(super().handle, address=address)
        else:
            super().handle(address=address)
