"""`manage.py ingest_token`: make, list, rotate and revoke the tokens that let senders POST."""

import argparse
from datetime import timedelta
from typing import Any

from dashboard.ingest.tokens import create_token, rotate_token
from dashboard.management.credentials import CredentialCommand, grace_told, scope_of
from dashboard.management.terminal import typeable
from dashboard.management.wall_url import wall_url
from dashboard.models import IngestToken
from dashboard.tiles.examples import curl, example_of
from dashboard.tiles.site import current_site
from producers.base import Producer


class Command(CredentialCommand[IngestToken]):
    help = "Make, list, rotate and revoke the tokens that let senders POST to /ingest/<producer>."
    model = IngestToken

    def add_producers(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--producer",
            dest="aliases",
            action="append",
            default=[],
            metavar="ALIAS",
            help="what it may post to; may be given several times; default: everything",
        )

    def create(self, name: str, aliases: list[str], rate: str, options: dict[str, Any]) -> str:
        token = create_token(name, aliases, rate)
        said = _shown(f"Token {name!r} may post to {scope_of(aliases)}.", token)
        known = current_site().producers
        example = next((known[alias] for alias in aliases if alias in known), _pushed())
        if example is None:
            return said
        url = wall_url(options["url"])
        body = typeable(example_of(example))
        return f"{said}\nTry it:\n\n{curl(example, body, base_url=url, token=token)}"

    def rotate(self, name: str, grace: timedelta, options: dict[str, Any]) -> str:
        return _shown(
            f"Token {name!r} has a new secret. {grace_told(grace)}", rotate_token(name, grace)
        )

    def shape_of(self, credential: IngestToken) -> str:
        return f"ew_{credential.prefix}_…"


def _shown(said: str, token: str) -> str:
    return f"{said}\nIt is shown this once; keep it where the sender finds it:\n\n  {token}\n"


def _pushed() -> Producer | None:
    """Return a producer to show in an example: one that waits for others to post."""
    known = current_site().producers.values()
    return next((one for one in known if not one.runs), next(iter(known), None))
