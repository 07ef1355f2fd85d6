"""`manage.py ingest_token`: make, list, rotate and revoke the tokens that let senders POST."""

import argparse
from datetime import timedelta
from typing import Any

from dashboard.ingest.credentials import ANY_NAME, scope_of
from dashboard.ingest.tokens import create_token, rotate_token
from dashboard.management.credentials import CredentialCommand, grace_told
from dashboard.management.terminal import typeable
from dashboard.management.wall_url import wall_url
from dashboard.models import IngestToken
from dashboard.tiles.examples import curl, example_of
from dashboard.tiles.site import current_site
from producers.auto import AutoProducer
from producers.base import Producer
from producers.names import LONGEST_NAME


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
        parser.add_argument(
            "--new-names",
            nargs="?",
            const=ANY_NAME,
            default="",
            metavar="PREFIX*",
            help="a name that nobody configured becomes a producer when it is first posted to; "
            "with a beginning, such as 'lab-*', only such names do, and it may post to no others "
            "but those of --producer",
        )

    def create(self, name: str, aliases: list[str], rate: str, options: dict[str, Any]) -> str:
        new_names: str = options["new_names"]
        token = create_token(name, aliases, rate, new_names)
        said = _shown(f"Token {name!r} may post to {scope_of(aliases, new_names)}.", token)
        known = current_site().producers
        example = next((known[alias] for alias in aliases if alias in known), None)
        if example is None and new_names:
            example = AutoProducer(f"{new_names.rstrip('*')}kitchen"[:LONGEST_NAME])
        example = example or _pushed()
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
