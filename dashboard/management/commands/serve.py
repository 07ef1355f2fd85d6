"""`manage.py serve`: the wall's own server."""

import argparse
import ipaddress
import shlex
import socket
import sys
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http.request import validate_host
from django.urls import reverse

from dashboard.access.debug_token import debug_token
from dashboard.asgi.application import configured_application, serves_static_files
from dashboard.asgi.listener import listen
from dashboard.asgi.server import serve
from dashboard.asgi.workers import Given, Workers, same_command
from dashboard.conf import conf
from dashboard.log.factory import backend
from dashboard.management.static_files import collect_static_files
from dashboard.management.terminal import typeable
from dashboard.ops.checks import stops_the_wall
from dashboard.tiles.examples import example_of
from dashboard.tiles.site import make_site
from dashboard.wall import current

MOST_WORKERS: Final = 64


class TablesMissing(CommandError):
    """The database lacks tables; `made` says whether it has any of them."""

    def __init__(self, *, made: bool) -> None:
        self.made = made
        super().__init__("the database lacks tables; make them with: python manage.py migrate")


class AddressUnusable(CommandError):
    """Nobody can listen there: it is taken, or not of this machine."""


class Command(BaseCommand):
    help = "Serve the wall. SIGINT or SIGTERM sends the streams away first; a second one stops now."
    # Looked at in handle(): a producer that is misconfigured must not keep the others dark.
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000", help="[HOST:]PORT")
        parser.add_argument(
            "--no-producers",
            action="store_true",
            help="leave the producers to other servers of the same log",
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=1,
            help="processes behind one socket; SIGHUP starts a new one for each, one by one",
        )

    def handle(
        self,
        *args: Any,
        address: str,
        no_producers: bool = False,
        workers: int = 1,
        **options: Any,
    ) -> None:
        host, port = parse_address(address)
        given = Given.here()
        must_be_possible(workers)
        self.look_at_checks()
        require_migrated()
        if serves_static_files("servestatic") and getattr(settings, "STATIC_ROOT", None):
            collect_static_files()
        try:
            application = configured_application()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        listener = listening(host, port) if given is None else socket.socket(fileno=given.listener)
        answer_to(host)
        url = url_of(host, listener)
        current.served_at(url, with_producers=not no_producers)
        if given is None:
            self.greet(host, url)
        if given is None and workers > 1:
            connections.close_all()
            sys.exit(Workers(listener, same_command(), workers).run())
        serve(listener, application, given)

    def look_at_checks(self) -> None:
        """Show what `manage.py check` shows; raise CommandError if the wall cannot be right."""
        found = [message for message in checks.run_checks() if not message.is_silenced()]
        for message in found:
            self.stderr.write(str(message))
        if any(map(stops_the_wall, found)):
            raise CommandError("the settings are wrong, see above; then try again")

    def greet(self, host: str, url: str) -> None:
        """Say where the wall is, and how to put something on it."""
        where = self.style.SUCCESS(url + reverse("dashboard:wall"))
        self.stdout.write(f"\n  Eventwall is live at {where}\n")
        if is_wildcard(host):
            self.stdout.write(
                "\n  It answers where it is asked for by one of these names: "
                f"{', '.join(settings.ALLOWED_HOSTS) or 'none'}.\n"
                "  For another name or address: EVENTWALL_ALLOWED_HOSTS=<name>,<name>\n"
            )
        if settings.DEBUG and is_loopback(host) and (shown := _posted_to()):
            alias, example, any_name = shown
            ingest, body = reverse("dashboard:ingest", args=[alias]), shlex.quote(typeable(example))
            self.stdout.write(
                f"\n  Put something on it from another shell{any_name}:\n\n"
                f"  curl {url}{ingest} \\\n"
                f"    -H 'Authorization: Bearer {debug_token()}' \\\n"
                f"    -d {body}\n"
            )
        if conf().ACCESS == "login" and not has_users():
            self.stdout.write(
                "\n  Only users who sign in see it, and there is none yet. Make one with:\n\n"
                "  python manage.py createsuperuser\n"
            )
        self.stdout.write("\n  Stop with CTRL-C.\n\n")
        self.stdout.flush()


def _posted_to() -> tuple[str, str, str] | None:
    """Return a name that can be posted to, what to post, and what to say of the name; None where
    there is none."""
    if conf().AUTO_PRODUCERS_MAX:
        return "kitchen", "21.4", "; any new name makes a tile"
    pushed = (one for one in make_site().producers.values() if not one.runs)
    return next(((one.alias, example_of(one), "") for one in pushed), None)


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises AddressUnusable."""
    try:
        return listen(host, port)
    except OSError as error:
        raise AddressUnusable(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another address, "
            f"as in: manage.py serve {host}:{port + 1}"
        ) from error


def must_be_possible(workers: int) -> None:
    """Raise CommandError where so many processes could not be one wall."""
    if not 1 <= workers <= MOST_WORKERS:
        raise CommandError(f"--workers is {workers}; legal are 1 to {MOST_WORKERS}")
    if workers > 1 and not backend(conf().EVENT_LOG).shared:
        raise CommandError(
            f"--workers is {workers}, and EVENT_LOG is in the memory of one process; "
            "legal is 1, or a log that processes share, such as "
            "dashboard.log.database.DatabaseLog"
        )


def answer_to(host: str) -> None:
    """Let the wall be asked for by the address that the operator told it to serve at."""
    if not is_wildcard(host) and not validate_host(url_host(host), settings.ALLOWED_HOSTS):
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, url_host(host)]


def has_users() -> bool:
    """Whether there is anybody who can sign in."""
    try:
        return get_user_model()._default_manager.filter(is_active=True).exists()
    finally:
        connection.close()


def parse_address(address: str) -> tuple[str, int]:
    """Return host and port of `[HOST:]PORT`; raises CommandError."""
    host, _, port = address.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise CommandError(
            f"address is {address!r}; legal is [HOST:]PORT with a port of 0 to 65535, "
            "as in 127.0.0.1:8000"
        )
    return host.strip("[]") or "127.0.0.1", int(port)


def url_of(host: str, listener: socket.socket) -> str:
    """Return where a browser of this machine finds what listens there."""
    shown = url_host("localhost" if is_wildcard(host) else host)
    return f"http://{shown}:{listener.getsockname()[1]}"


def url_host(host: str) -> str:
    """Return the host as a URL has it, an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_wildcard(host: str) -> bool:
    """Whether it stands for every address of this machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def require_migrated() -> None:
    """Raise TablesMissing unless the database has all tables, CommandError if it cannot tell."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(
            f"the database cannot be used: {error}; `python manage.py doctor` looks at it"
        ) from error
    finally:
        connection.close()
    if missing:
        raise TablesMissing(made=bool(executor.loader.applied_migrations))
