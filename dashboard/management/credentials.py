"""CredentialCommand: what `ingest_token` and `webhook_secret` have in common."""

import argparse
import re
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, Generic

from django.core.management.base import BaseCommand, CommandError

from dashboard.ingest.credentials import (
    BadCredential,
    Credential,
    listed,
    minute,
    noun_of,
    revoke,
    scope_told,
    state_of,
    tokens_changed,
)
from dashboard.ingest.rates import LEGAL
from dashboard.log.control import tell_servers
from dashboard.management.wall_url import HELP
from dashboard.tiles.site import current_site

_GRACE: Final = re.compile(r"([0-9]{1,5})([dhm])")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}


class CredentialCommand(BaseCommand, ABC, Generic[Credential]):
    """Makes, lists, rotates and revokes credentials of one kind."""

    # A producer that is misconfigured keeps nobody from revoking what has leaked.
    requires_system_checks = []
    model: ClassVar[type[Any]]

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        noun = noun_of(self.model)
        actions = parser.add_subparsers(
            dest="action", required=True, metavar="create|list|rotate|revoke"
        )
        create = actions.add_parser("create", help=f"make a {noun} and show it, this once")
        create.add_argument("name", help="for whom it is: a sensor, a script, a team")
        self.add_producers(create)
        create.add_argument(
            "--rate", default="", help=f"events it may send: {LEGAL}; default: INGEST_RATE"
        )
        create.add_argument("--url", help=HELP)
        actions.add_parser("list", help=f"show all {noun}s, but nothing that is secret")
        rotate = actions.add_parser("rotate", help=f"make another {noun} of the same name")
        rotate.add_argument("name")
        rotate.add_argument(
            "--grace",
            type=grace,
            default="24h",
            help="how long the old one goes on working: 30m, 24h, 7d; 0: not at all "
            "(default: %(default)s)",
        )
        for making in (create, rotate):
            self.add_to_making(making)
        ending = actions.add_parser("revoke", help=f"make a {noun} worthless, at once")
        ending.add_argument("name")

    @abstractmethod
    def add_producers(self, parser: argparse.ArgumentParser) -> None:
        """Add `--producer`, whose `dest` is `aliases`, and what else only says what it allows."""

    def add_to_making(self, parser: argparse.ArgumentParser) -> None:
        """Add what only this kind takes when one is made."""

    @abstractmethod
    def create(self, name: str, aliases: list[str], rate: str, options: dict[str, Any]) -> str:
        """Make one, and return what is to be said of it. Raises BadCredential."""

    @abstractmethod
    def rotate(self, name: str, grace: timedelta, options: dict[str, Any]) -> str:
        """Make another of that name, and return what is to be said of it. Raises BadCredential."""

    @abstractmethod
    def shape_of(self, credential: Credential) -> str:
        """Return as much of the secret as may be shown."""

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "list":
            self._list()
            return
        try:
            said = self._change(action, options["name"], options)
        except BadCredential as error:
            raise CommandError(str(error)) from error
        self.stdout.write(said)
        if (trouble := tell_servers(tokens_changed())) is not None:
            self.stderr.write(trouble)

    def _change(self, action: str, name: str, options: dict[str, Any]) -> str:
        if action == "create":
            _require_known(options["aliases"])
            return self.create(name, options["aliases"], options["rate"], options)
        if action == "rotate":
            return self.rotate(name, options["grace"], options)
        revoke(self.model, name)
        noun = noun_of(self.model).capitalize()
        return f"{noun} {name!r} is revoked; what is sent with it is refused now."

    def _list(self) -> None:
        credentials, now = listed(self.model), datetime.now(UTC)
        if not credentials:
            command = type(self).__module__.rpartition(".")[2]
            self.stdout.write(
                f"There are no {noun_of(self.model)}s; `{command} create <name>` makes one."
            )
            return
        rows = [("name", "secret", "may post to", "rate", "created", "last used", "state")]
        for one in credentials:
            rate, last_used = one.rate or "default", minute(one.last_used) if one.last_used else "-"
            scope, state = scope_told(one), state_of(one, now)
            created = minute(one.created)
            rows.append((one.name, self.shape_of(one), scope, rate, created, last_used, state))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def grace(text: str) -> timedelta:
    """Return how long "24h", "30m" or "0" is. Raises argparse.ArgumentTypeError."""
    if text == "0":
        return timedelta(0)
    match = _GRACE.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(
            f"{text!r:.80} is no span of time (legal: 30m, 24h, 7d, or 0)"
        )
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def grace_told(grace: timedelta) -> str:
    """Return in words what becomes of the one that was rotated."""
    if not grace:
        return "The old one is refused now."
    return f"The old one works until {minute(datetime.now(UTC) + grace)}."


def _require_known(aliases: list[str]) -> None:
    known = current_site().producers
    for alias in aliases:
        if alias not in known and alias not in known.errors:
            raise CommandError(
                f"there is no producer {alias!r}; known are {', '.join(known) or 'none'}. "
                "Name one of these, or add it to PRODUCERS first"
            )
