"""Announcing: lets running servers load their credentials now; by themselves they do in seconds."""

import asyncio

from django.core.exceptions import ImproperlyConfigured

from dashboard.ingest.credentials import tokens_changed
from dashboard.log.base import LogUnavailable
from dashboard.log.factory import make_log


def tell_servers() -> str | None:
    """Append the news to the log; return why that failed, or None. For threads without a loop."""
    try:
        asyncio.run(_append())
    except (LogUnavailable, ImproperlyConfigured) as error:
        return f"The log could not take the news ({error}); running servers follow in seconds."
    return None


async def _append() -> None:
    log = make_log()
    try:
        await log.append([tokens_changed()])
    finally:
        await log.aclose()
