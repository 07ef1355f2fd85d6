"""System checks on DASHBOARDS: `manage.py check` says what the wall would raise."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from dashboard.tiles.site import BadDashboards, make_site


def check_dashboards(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Return an error per fault in DASHBOARDS (E020–E026, E028), and per broken template (E027)."""
    try:
        there = make_site().tiles
    except BadDashboards as error:
        return [
            Error(f"{problem.where}: {problem.message}.", hint=problem.hint, id=problem.id)
            for problem in error.problems
        ]
    except ImproperlyConfigured:
        # Another setting is wrong, and its own check says so.
        return []
    found: list[CheckMessage] = []
    for tile in there.values():
        try:
            get_template(tile.widget.template_name)
        except (TemplateDoesNotExist, TemplateSyntaxError) as error:
            found.append(
                Error(
                    f"Tile {tile.id!r} of producer {tile.producer!r} cannot be drawn:"
                    f" template {tile.widget.template_name!r}: {type(error).__name__}: {error}.",
                    hint="Put the template under templates/ or in an app's templates folder.",
                    id="dashboard.E027",
                )
            )
    return found
