"""Application: the ASGI application of a project, ours or its own, as our server runs it."""

from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from dashboard.asgi.lifespan import Lifespan


def get_asgi_application() -> "Lifespan":
    """Return Django with the direct lane, living as long as the server does.

    For a project's asgi.py, in place of Django's function of the same name. With DEBUG it brings
    the project's static files, as Django's own `runserver` does.
    """
    django.setup()
    # What these import has models, so not before the setup.
    from dashboard.asgi.handler import LaneHandler
    from dashboard.asgi.lifespan import Lifespan

    return Lifespan(_with_static_files(LaneHandler()))


def configured_application() -> "Lifespan":
    """Return what ASGI_APPLICATION names, with the wall's lifespan and, with DEBUG, the project's
    static files; where it is unset, ours. Raises ImproperlyConfigured.
    """
    from dashboard.asgi.lifespan import Lifespan

    path = getattr(settings, "ASGI_APPLICATION", None)
    application: Any = get_asgi_application() if path is None else _imported(path)
    if isinstance(application, Lifespan):
        return application
    return Lifespan(_with_static_files(application))


def serves_static_files(package: str) -> bool:
    """Whether middleware of this package, or a class made of it, brings static files."""
    middleware = [import_string(name) for name in settings.MIDDLEWARE]
    return any(
        base.__module__.partition(".")[0] == package
        for one in middleware
        for base in getattr(one, "__mro__", [one])
    )


def _imported(path: str) -> Any:
    try:
        return import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(
            f"ASGI_APPLICATION is {path!r}: {error}; legal is the dotted path of an ASGI "
            "application, or leave it out for the wall's own"
        ) from error


def _with_static_files(application: Any) -> Any:
    if not _needs_static_files():
        return application
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

    return ASGIStaticFilesHandler(application)


def _needs_static_files() -> bool:
    if not settings.DEBUG or "django.contrib.staticfiles" not in settings.INSTALLED_APPS:
        return False
    return not (serves_static_files("servestatic") or serves_static_files("whitenoise"))
