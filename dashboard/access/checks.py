"""System checks of who may look: that it can be known, and that nothing is kept from everybody."""

from contextlib import suppress
from typing import Any, Final

from django.conf import global_settings, settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from dashboard.conf import conf
from dashboard.http.redirects import leads_somewhere
from dashboard.tiles.site import make_site

_APPS: Final = ("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions")
_MIDDLEWARE: Final = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)


def check_access(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """dashboard.E030: nobody can sign in; W031: a producer nobody may read; W032: LOGIN_URL."""
    try:
        access = conf().ACCESS
    except ImproperlyConfigured:  # dashboard.E001 says it
        return []
    return [*_cannot_sign_in(), *_login_url()] if access == "login" else _read_by_nobody()


def _cannot_sign_in() -> list[CheckMessage]:
    missing = [f"INSTALLED_APPS lacks {app!r}" for app in _APPS if app not in _installed()]
    missing += [f"MIDDLEWARE lacks {one!r}" for one in _MIDDLEWARE if not _is_there(one)]
    return [
        Error(
            f"ACCESS is 'login', but nobody can sign in: {fault}.",
            hint="Add it, or set ACCESS = 'public' if everybody may see the wall.",
            id="dashboard.E030",
        )
        for fault in missing
    ]


def _login_url() -> list[CheckMessage]:
    # What Django has by default is nobody's choice: then ours is taken without a word.
    if settings.LOGIN_URL == global_settings.LOGIN_URL or leads_somewhere(settings.LOGIN_URL):
        return []
    try:
        ours = reverse("dashboard:login")
    except NoReverseMatch:  # dashboard.E052 says it
        return []
    return [
        CheckWarning(
            f"LOGIN_URL is {str(settings.LOGIN_URL)!r}, which leads nowhere: viewers sign in at "
            f"{ours}.",
            hint="Set LOGIN_URL = 'dashboard:login', or to the project's own page.",
            id="dashboard.W032",
        )
    ]


def _is_there(middleware: str) -> bool:
    """Whether it, or what a site has made of it, is in MIDDLEWARE."""
    wanted = import_string(middleware)
    for name in settings.MIDDLEWARE:
        with suppress(ImportError):  # told by Django, when the server starts
            found = import_string(name)
            if isinstance(found, type) and issubclass(found, wanted):
                return True
    return False


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
