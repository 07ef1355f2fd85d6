"""System checks of the project around the wall: what of it the wall needs, or would trip over."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.urls import NoReverseMatch, reverse

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_HOMES: Final = (_PACKAGE / "templates", _PACKAGE.parent / "templates")
"""Where the wall's own templates lie: in an installed wheel, in a checkout."""
_APPS: Final = ("producers", "django.contrib.staticfiles", "django_htmx")
_WSGI: Final = ("django.core", "django.contrib.staticfiles")
"""Whose `runserver` speaks WSGI."""


def check_project(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """dashboard.E050 to E053 and W054 to W056."""
    return [*_apps(), *_time_zones(), *_urls(), *_templates(), *_static_files(), *_server()]


def _apps() -> Iterator[CheckMessage]:
    # As the setting has them, or as the AppConfig of one that has its own.
    there = {name.partition(".apps.")[0] for name in settings.INSTALLED_APPS}
    for app in _APPS:
        if app not in there:
            yield Error(
                f"INSTALLED_APPS lacks {app!r}, which the wall needs.",
                hint=f"Add {app!r}.",
                id="dashboard.E050",
            )


def _time_zones() -> Iterator[CheckMessage]:
    if not settings.USE_TZ:
        yield Error(
            "USE_TZ is False: the wall's times have zones, and could not be stored.",
            hint="Set USE_TZ = True, as new projects have it.",
            id="dashboard.E051",
        )


def _urls() -> Iterator[CheckMessage]:
    try:
        reverse("dashboard:wall")
    except NoReverseMatch:
        yield Error(
            "No URL leads to the wall, so that no tile can name its producer.",
            hint='Add path("wall/", include("dashboard.urls")) to urlpatterns in '
            f"{settings.ROOT_URLCONF}; any other prefix does as well.",
            id="dashboard.E052",
        )
    except (ImproperlyConfigured, ImportError):  # Django's own checks tell
        return


def _templates() -> Iterator[CheckMessage]:
    home = next(home for home in _HOMES if (home / "dashboard" / "base.html").is_file())
    own = sorted(path for path in (home / "dashboard").rglob("*.*"))
    found = {path: _found(path.relative_to(home).as_posix()) for path in own}
    if None in found.values():
        missing = next(path for path in own if found[path] is None)
        yield Error(
            f"No template engine finds {missing.relative_to(home).as_posix()!r}, which is in "
            f"{home}.",
            hint="Set APP_DIRS to True in TEMPLATES; and where the wall is installed as editable, "
            f"add {str(home)!r} to DIRS.",
            id="dashboard.E053",
        )
        return
    for path, there in found.items():
        if there != path:
            yield CheckWarning(
                f"{path.relative_to(home).as_posix()!r} is drawn from {there}, in place of the "
                "wall's own template.",
                hint="Call yours otherwise. If the wall is to look so: "
                'SILENCED_SYSTEM_CHECKS = ["dashboard.W054"].',
                id="dashboard.W054",
            )


def _found(name: str) -> Path | None:
    """Return the file that a template of this name is read from."""
    for engine in engines.all():
        if isinstance(engine, DjangoTemplates):
            for loader in engine.engine.template_loaders:
                for origin in loader.get_template_sources(name):
                    if (path := Path(str(origin.name))).is_file():
                        return path.resolve()
    return None


def _static_files() -> Iterator[CheckMessage]:
    if urlsplit(settings.STATIC_URL or "").netloc:
        yield CheckWarning(
            f"STATIC_URL is {settings.STATIC_URL!r}: the wall's pages load style and script from "
            "this site alone, and their Content-Security-Policy forbids others.",
            hint="Serve static files from this site, as with STATIC_URL = 'static/'.",
            id="dashboard.W055",
        )


def _server() -> Iterator[CheckMessage]:
    if sys.argv[1:2] == ["runserver"] and get_commands().get("runserver") in _WSGI:
        yield CheckWarning(
            "This runserver speaks WSGI, under which the wall's own pages only say so.",
            hint="Start `manage.py serve`, which takes the same address; or put 'daphne' first "
            "into INSTALLED_APPS.",
            id="dashboard.W056",
        )
