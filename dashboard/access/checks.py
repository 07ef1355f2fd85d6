"""System checks of who may look: that it can be known, and that nothing is kept from everybody."""

from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured

from dashboard.conf import conf
from dashboard.tiles.site import make_site

_APPS: Final = ("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions")
_MIDDLEWARE: Final = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)


def check_access(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """dashboard.E030: nobody can sign in; W031: a producer that nobody may read."""
    try:
        access = conf().ACCESS
    except ImproperlyConfigured:  # dashboard.E001 says it
        return []
    return _cannot_sign_in() if access == "login" else _read_by_nobody()


def _cannot_sign_in() -> list[CheckMessage]:
    missing = [f"INSTALLED_APPS lacks {app!r}" for app in _APPS if app not in _installed()]
    here = settings.MIDDLEWARE
    missing += [f"MIDDLEWARE lacks {one!r}" for one in _MIDDLEWARE if one not in here]
    return [
        Error(
            f"ACCESS is 'login', but nobody can sign in: {fault}.",
            hint="Add it, or set ACCESS = 'public' if everybody may see the wall.",
            id="dashboard.E030",
        )
        for fault in missing
    ]


def _installed() -> set[str]:
    # As the setting has them, or as the AppConfig of one that has its own.
    return {name.partition(".apps.")[0] for name in settings.INSTALLED_APPS}


def _read_by_nobody() -> list[CheckMessage]:
    return [
        CheckWarning(
            f"PRODUCERS[{alias!r}] names READERS, but ACCESS is 'public': nobody signs in, so "
            "nobody sees it.",
            hint="Set ACCESS = 'login' (EVENTWALL_ACCESS=login), or leave READERS out.",
            obj=f"producer {alias!r}",
            id="dashboard.W031",
        )
        for alias in make_site().producers.readers
    ]
