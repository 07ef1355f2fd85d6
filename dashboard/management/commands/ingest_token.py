"""`manage.py ingest_token`: make, list and revoke the tokens that let senders POST."""

import argparse
import asyncio
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from dashboard.ingest.tokens import (
    BadToken,
    create_token,
    list_tokens,
    revoke_token,
    tokens_changed,
)
from dashboard.log.base import LogUnavailable
from dashboard.log.factory import make_log
from dashboard.models import IngestToken
from dashboard.snippets import curl, example_of
from producers.registry import producers

_COLUMNS = ("name", "prefix", "may post to", "created", "revoked")


class Command(BaseCommand):
    help = "Make, list and revoke the tokens that let senders POST to /ingest/<producer>."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="create|list|revoke")
        create = actions.add_parser("create", help="make a token and show it, this once")
        create.add_argument("name", help="for whom it is: a sensor, a script, a team")
        create.add_argument(
            "--producer",
            dest="aliases",
            action="append",
            default=[],
            metavar="ALIAS",
            help="what it may post to; may be given several times; default: everything",
        )
        create.add_argument(
            "--url", default="http://127.0.0.1:8000", help="of the wall, for the example shown"
        )
        actions.add_parser("list", help="show all tokens, but not their secrets")
        revoke = actions.add_parser("revoke", help="make a token worthless, at once")
        revoke.add_argument("name")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            if action == "create":
                self._create(options["name"], options["aliases"], options["url"])
            elif action == "revoke":
                self._revoke(options["name"])
            else:
                self._list()
        except BadToken as error:
            raise CommandError(str(error)) from error

    def _create(self, name: str, aliases: list[str], url: str) -> None:
        known = producers()
        for alias in aliases:
            if alias not in known and alias not in known.errors:
                raise CommandError(
                    f"there is no producer {alias!r}; known are {', '.join(known) or 'none'}. "
                    "Name one of these, or add it to PRODUCERS first"
                )
        token = create_token(name, aliases)
        self._tell_servers()
        self.stdout.write(f"Token {name!r} may post to {_scope(aliases)}.")
        self.stdout.write("It is shown this once; keep it where the sender finds it:\n\n")
        self.stdout.write(f"  {token}\n\n")
        example = next((known[alias] for alias in aliases if alias in known), _pushed())
        if example is not None:
            self.stdout.write("Try it:\n\n")
            self.stdout.write(
                curl(example, example_of(example), base_url=url.rstrip("/"), token=token)
            )

    def _revoke(self, name: str) -> None:
        revoke_token(name)
        self._tell_servers()
        self.stdout.write(f"Token {name!r} is revoked; what is sent with it is refused now.")

    def _list(self) -> None:
        tokens = list_tokens()
        if not tokens:
            self.stdout.write("There are no tokens; `ingest_token create <name>` makes one.")
            return
        rows = [_COLUMNS, *map(_row, tokens)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())

    def _tell_servers(self) -> None:
        """Let running servers load their tokens now; by themselves they do it in seconds."""
        try:
            asyncio.run(_append_change())
        except (LogUnavailable, ImproperlyConfigured) as error:
            self.stderr.write(
                f"The log could not take the news ({error}); running servers follow in seconds."
            )


async def _append_change() -> None:
    log = make_log()
    try:
        await log.append([tokens_changed()])
    finally:
        await log.aclose()


def _pushed() -> Any:
    """Return a producer to show in an example: one that waits for others to post."""
    known = producers().values()
    return next((one for one in known if not one.runs), next(iter(known), None))


def _scope(aliases: list[str]) -> str:
    return ", ".join(sorted(set(aliases))) or "every producer"


def _row(token: IngestToken) -> tuple[str, ...]:
    revoked = f"{token.revoked:%Y-%m-%d %H:%M}" if token.revoked else "-"
    created = f"{token.created:%Y-%m-%d %H:%M}"
    return token.name, f"ew_{token.prefix}_…", _scope(token.producers), created, revoked
