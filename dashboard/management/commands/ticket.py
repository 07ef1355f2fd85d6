"""`manage.py ticket`: make a ticket with which a program reads events on a user's account."""

import argparse
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from dashboard.access.tickets import Ticket, mint
from dashboard.access.users import KIND, readable_by
from dashboard.management.wall_url import HELP, wall_url
from dashboard.tiles.site import current_site
from producers.base import utc_now

_LONGEST = 3_650


class Command(BaseCommand):
    help = (
        "Make a ticket with which a program reads /events/ and /stream/. It shows what the user "
        "may see at the time, and is worth nothing once the user is disabled."
    )
    # A producer that is misconfigured keeps nobody from reading the others.
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", help="on whose account; make a user for each program")
        parser.add_argument(
            "--producer",
            dest="aliases",
            action="append",
            default=[],
            metavar="ALIAS",
            help="what it may read; may be given several times; default: all that the user may",
        )
        parser.add_argument(
            "--days", type=int, default=30, help=f"how long it counts, 1 to {_LONGEST}; default: 30"
        )
        parser.add_argument("--url", help=HELP)

    def handle(
        self,
        *args: Any,
        username: str,
        aliases: list[str],
        days: int,
        url: str | None,
        **options: Any,
    ) -> None:
        if not 1 <= days <= _LONGEST:
            raise CommandError(f"--days is {days}; legal are 1 to {_LONGEST}")
        user = _user(username)
        readable = readable_by(user)
        known = [
            alias for alias in current_site().producers if readable is None or alias in readable
        ]
        for alias in aliases:
            if alias not in known:
                raise CommandError(
                    f"there is no producer {alias!r} that {username!r} may read; "
                    f"legal are {', '.join(known) or 'none'}"
                )
        expires = utc_now() + timedelta(days=days)
        text = mint(
            Ticket(
                holder=f"{KIND}:{user.pk}",
                expires=expires,
                producers=frozenset(aliases) if aliases else None,
            )
        )
        may = ", ".join(sorted(set(aliases))) or f"all that {username!r} may"
        self.stdout.write(f"Reads {may} until {expires:%Y-%m-%d %H:%M} UTC:\n\n")
        self.stdout.write(f"  {text}\n\n")
        self.stdout.write("Try it:\n\n")
        self.stdout.write(f"curl -N {wall_url(url)}{reverse('dashboard:events')} \\")
        self.stdout.write(f"  -H 'Authorization: Bearer {text}'")


def _user(username: str) -> Any:
    model = get_user_model()
    try:
        user = model._default_manager.get_by_natural_key(username)
    except model.DoesNotExist as error:
        raise CommandError(
            f"there is no user {username!r:.100}; `manage.py createsuperuser` makes one, and so "
            "does /admin/"
        ) from error
    if not user.is_active:
        raise CommandError(f"the user {username!r} is disabled; enable it in /admin/ first")
    return user
