"""control: tells running servers, through the log, that something is to be read again."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from dashboard.log.base import LogUnavailable
from dashboard.log.factory import make_log
from producers.events import Event
from producers.names import CONTROL


def control_event(type: str, data: Mapping[str, Any] | None = None) -> Event:  # noqa: A002
    """Return a control event: every process hears it, no stream carries it."""
    return Event(producer=CONTROL, type=type, time=datetime.now(UTC), data=data or {})


def tell_servers(event: Event) -> str | None:
    """Append a control event; return why that failed, or None. For threads without a loop."""
    try:
        asyncio.run(_append(event))
    except (LogUnavailable, ImproperlyConfigured) as error:
        return f"The log could not take the news ({error}); running servers follow in seconds."
    return None


async def _append(event: Event) -> None:
    log = make_log()
    try:
        await log.append([event])
    finally:
        await log.aclose()
