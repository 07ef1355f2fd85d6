"""`manage.py producer`: add, remove and list producers while the wall runs."""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError

from dashboard.management.stored_rows import StoredRowCommand
from dashboard.tiles.changes import add_producer, remove_producer
from dashboard.tiles.site import current_site


class Command(StoredRowCommand):
    help = (
        "Add a producer to a running wall, or remove one: every server follows within a second, "
        "and open pages too. Those of PRODUCERS are changed in the settings."
    )
    row = "alias"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="store a producer and run it")
        add.add_argument("alias", help="its name in URLs and on the stream")
        add.add_argument("backend", help="dotted path, such as producers.readings.ReadingsProducer")
        add.add_argument(
            "options", nargs="*", metavar="name=value", help="its OPTIONS; values are JSON or text"
        )
        add.add_argument(
            "--reader",
            dest="readers",
            action="append",
            metavar="READER",
            help="who may read it: group:ops, user:anna or perm:app.view_door; may be repeated",
        )
        remove = actions.add_parser("remove", help="remove a stored producer; its events stay")
        remove.add_argument("alias")
        actions.add_parser("list", help="list all, and where each is written")

    def add(self, alias: str, options: dict[str, Any]) -> tuple[str, str | None]:
        given = options_of(options["options"])
        untold = add_producer(alias, options["backend"], given, options["readers"])
        return f"Producer {alias!r} is stored; POST to /ingest/{alias}.", untold

    def remove(self, alias: str, options: dict[str, Any]) -> tuple[str, str | None]:
        untold = remove_producer(alias)
        return f"Producer {alias!r} is removed; its events stay in the log.", untold

    def list(self) -> None:
        site = current_site()
        for alias, row in site.producers.rows.items():
            where = "stored" if site.stored.producers.get(alias) is row else "settings"
            fault = site.producers.errors.get(str(alias))
            told = f"misconfigured: {fault}" if fault else row["BACKEND"]
            self.stdout.write(f"{alias}  {where}  {told}")


def options_of(pairs: Sequence[str]) -> dict[str, Any]:
    """Return the options that were typed as name=value. Raises CommandError."""
    given = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise CommandError(f"{pair!r} is no option; legal is name=value, such as interval=5")
        try:
            given[name] = json.loads(value)
        except ValueError:
            given[name] = value
    return given
