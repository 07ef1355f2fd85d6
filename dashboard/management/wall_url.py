"""wall_url: where this wall is served, for the examples that commands show."""

import asyncio
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from dashboard.log.base import LogUnavailable
from dashboard.log.factory import make_log
from dashboard.wall.peers import last_url

_DEFAULT: Final = "http://127.0.0.1:8000"
HELP: Final = "of the wall, for the example shown; default: where it is served, or was last"


def wall_url(given: str | None) -> str:
    """Return the address without a last slash: the one that was given, else what the log tells."""
    return (given or _told() or _DEFAULT).rstrip("/")


def _told() -> str | None:
    try:
        return asyncio.run(_look())
    except (LogUnavailable, ImproperlyConfigured):
        return None


async def _look() -> str | None:
    log = make_log()
    try:
        return await last_url(log)
    finally:
        await log.aclose()
