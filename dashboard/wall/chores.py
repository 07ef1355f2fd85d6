"""Chores: what a wall does again and again for as long as it runs, whatever goes wrong."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from django.db import DatabaseError

from dashboard.http.rare_log import RareLog
from dashboard.log.base import LogUnavailable

logger = logging.getLogger(__name__)


async def repeat(chore: Callable[[], Awaitable[None]]) -> None:
    """Do a chore again and again. While the log or the database is away, or it fails, it waits."""
    told = RareLog(logger)
    while True:
        try:
            await chore()
        except (LogUnavailable, DatabaseError) as error:
            told.warning("database unavailable, chore tried again later error=%s", error)
            await asyncio.sleep(1)
        except Exception:
            logger.exception("chore failed, tried again later")
            await asyncio.sleep(1)
