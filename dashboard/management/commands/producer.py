"""`manage.py producer`: add, remove and list producers while the wall runs."""

import argparse
import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from dashboard.tiles.changes import BadChange, add_producer, remove_producer
from dashboard.tiles.site import current_site


class Command(BaseCommand):
    help = (
        "Add a producer to a running wall, or remove one: every server follows within a second, "
        "and open pages too. Those of PRODUCERS are changed in the settings."
    )
    requires_system_checks = []

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

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "list":
            return self._list()
        alias = options["alias"]
        try:
            if action == "add":
                given = options_of(options["options"])
                untold = add_producer(alias, options["backend"], given, options["readers"])
                self.stdout.write(f"Producer {alias!r} is stored; POST to /ingest/{alias}.")
            else:
                untold = remove_producer(alias)
                self.stdout.write(f"Producer {alias!r} is removed; its events stay in the log.")
        except (BadChange, ImproperlyConfigured) as error:
            raise CommandError(f"{str(error).rstrip('.')}. Nothing was changed.") from error
        if untold:
            self.stderr.write(untold)

    def _list(self) -> None:
        site = current_site()
        for alias, row in site.producers.rows.items():
            where = "stored" if site.stored.producers.get(alias) is row else "settings"
            fault = site.producers.errors.get(str(alias))
            told = f"misconfigured: {fault}" if fault else row["BACKEND"]
            self.stdout.write(f"{alias}  {where}  {told}")


def options_of(pairs: list[str]) -> dict[str, Any]:
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
