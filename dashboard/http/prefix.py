"""Prefix: the path below which the project stands (SCRIPT_NAME), also outside of a request."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.urls import get_script_prefix, set_script_prefix


@contextmanager
def below(prefix: str) -> Iterator[None]:
    """Have reverse() and templates make URLs below `prefix`, which ends with a slash.

    Django knows it only while it answers a request; a stream's tiles are drawn in between, and
    for whom is then known by who drew.
    """
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        yield
    finally:
        set_script_prefix(before)


def without_prefix(path: str) -> str:
    """Return what is left of a URL's path for the project's own URLs."""
    return path.removeprefix(get_script_prefix().rstrip("/"))


def here(request: HttpRequest) -> str:
    """Return the path and query that the browser asked for.

    Django's own get_full_path() leaves the prefix out where a proxy has taken it away.
    """
    return get_script_prefix().rstrip("/") + request.get_full_path_info()
