"""`manage.py dashboard`: add, remove and list dashboards while the wall runs."""

import argparse
import json
from typing import Any

from django.core.management.base import CommandError

from dashboard.management.stored_rows import StoredRowCommand
from dashboard.tiles.changes import add_dashboard, remove_dashboard
from dashboard.tiles.site import current_site


class Command(StoredRowCommand):
    help = (
        "Add a dashboard to a running wall, or remove one. Those of DASHBOARDS are changed in the "
        "settings."
    )
    row = "slug"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="store a dashboard")
        add.add_argument("slug", help="its name in the URL /d/<slug>/")
        add.add_argument(
            "tile",
            nargs="*",
            help="a producer's alias, or a row as DASHBOARDS has it, in JSON; none: all producers",
        )
        add.add_argument("--title", help="what stands above it; left out: the slug")
        remove = actions.add_parser("remove", help="remove a stored dashboard")
        remove.add_argument("slug")
        actions.add_parser("list", help="list all, and where each is written")

    def add(self, slug: str, options: dict[str, Any]) -> tuple[str, str | None]:
        tiles = [row_of(text) for text in options["tile"]] or None
        untold = add_dashboard(slug, options["title"] or slug, tiles)
        return f"Dashboard {slug!r} is stored; it is at /d/{slug}/.", untold

    def remove(self, slug: str, options: dict[str, Any]) -> tuple[str, str | None]:
        return f"Dashboard {slug!r} is removed.", remove_dashboard(slug)

    def list(self) -> None:
        site = current_site()
        for slug, shown in site.dashboards.items():
            where = "stored" if slug in site.stored.dashboards else "settings"
            tiles = ", ".join(tile.id for tile in shown.tiles) or "no tiles"
            self.stdout.write(f"{slug}  {where}  {shown.title}: {tiles}")
        for fault in site.faults:
            self.stderr.write(f"left out: {fault}")


def row_of(text: str) -> Any:
    """Return the tile's row that was typed: an alias, or an object in JSON. Raises CommandError."""
    if not text.lstrip().startswith("{"):
        return {"producer": text}
    try:
        return json.loads(text)
    except ValueError as error:
        raise CommandError(
            f"{text!r:.100} is no JSON ({error}); legal is an alias, or "
            '\'{"producer": "clock", "size": "2x1"}\''
        ) from error
