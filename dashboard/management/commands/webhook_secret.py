"""`manage.py webhook_secret`: make, list, rotate and revoke the keys of Standard Webhooks."""

import argparse
import sys
from datetime import timedelta
from getpass import getpass
from typing import Any

from django.urls import reverse

from dashboard.ingest.credentials import scope_of
from dashboard.ingest.webhook_secrets import create_webhook_secret, rotate_webhook_secret
from dashboard.management.credentials import CredentialCommand, grace_told
from dashboard.management.wall_url import wall_url
from dashboard.models import WebhookSecret


class Command(CredentialCommand[WebhookSecret]):
    help = (
        "Make, list, rotate and revoke the secrets with which senders sign what they POST to "
        "/ingest/<producer> (Standard Webhooks)."
    )
    model = WebhookSecret

    def add_producers(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--producer",
            dest="aliases",
            action="append",
            required=True,
            metavar="ALIAS",
            help="what it may post to; may be given several times",
        )

    def add_to_making(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--given",
            action="store_true",
            help="take the secret that the sender's side shows: it is asked for, or read from "
            "standard input",
        )

    def create(self, name: str, aliases: list[str], rate: str, options: dict[str, Any]) -> str:
        secret = create_webhook_secret(name, aliases, rate, _given(options))
        base = wall_url(options["url"])
        urls = [f"  {base}{reverse('dashboard:ingest', args=[alias])}\n" for alias in aliases]
        said = _shown(f"Webhook secret {name!r} may post to {scope_of(aliases)}.", secret, options)
        return f"{said}\nLet the sender POST to:\n\n{''.join(urls)}"

    def rotate(self, name: str, grace: timedelta, options: dict[str, Any]) -> str:
        secret = rotate_webhook_secret(name, grace, _given(options))
        return _shown(f"Webhook secret {name!r} is a new one. {grace_told(grace)}", secret, options)

    def shape_of(self, credential: WebhookSecret) -> str:
        return "whsec_…"


def _given(options: dict[str, Any]) -> str | None:
    """Return the secret that is typed or piped in: an argument would stay in the shell's history.

    An empty one is a faulty one, not one that was not given.
    """
    if not options["given"]:
        return None
    asked = getpass("Webhook secret: ") if sys.stdin.isatty() else sys.stdin.readline()
    return asked.strip() or "-"


def _shown(said: str, secret: str, options: dict[str, Any]) -> str:
    if options["given"]:
        return f"{said}\n"
    return f"{said}\nIt is shown this once; give it to the sender:\n\n  {secret}\n"
