"""Redirects: a project's LOGIN_URL and the like, where they lead somewhere, and else ours."""

from urllib.parse import urlsplit

from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve

from dashboard.http.prefix import without_prefix


def somewhere(url: str | None, otherwise: str) -> str:
    """Return where `url`, a path or the name of a URL, leads; what `otherwise` names if nowhere.

    What Django has by default, such as /accounts/login/, leads nowhere in a new project.
    """
    return resolve_url(url if url and leads_somewhere(url) else otherwise)


def leads_somewhere(url: str) -> bool:
    """Whether this project has something there, or it is at another site."""
    try:
        parts = urlsplit(resolve_url(url))
        return bool(parts.netloc or resolve(without_prefix(parts.path)))
    except (NoReverseMatch, Resolver404):
        return False
