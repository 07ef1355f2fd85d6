"""SubjectTiles: tiles of subjects are shown as they are spoken of, and go when they are silent."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from dashboard.conf import conf
from dashboard.live.hub import Hub
from dashboard.tiles.site import Site, current_site, show
from dashboard.tiles.subjects import with_subjects

logger = logging.getLogger(__name__)

_LOOK_EVERY: Final = 1.0
"""Seconds between two looks for windows of subjects that are to be filled."""
_BETWEEN_LAYOUTS: Final = 0.5
"""Seconds in which pages are told at most once that subjects have come or gone: each fetches its
tiles then."""


class SubjectTiles:
    """Keeps the site that is shown in step with what the producers of `site` speak of.

    `lock` is held by whoever shows another one.
    """

    def __init__(self, hub: Hub, lock: asyncio.Lock, site: Callable[[], Site]) -> None:
        self._hub = hub
        self._lock = lock
        self._site = site
        self._crowded: set[str] = set()

    async def follow(self) -> None:
        """Wait for others to be spoken of, and show them. Raises LogUnavailable."""
        subjects = self._hub.subjects
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_EVERY):
                await subjects.changed.wait()
        subjects.changed.clear()
        await subjects.catch_up()
        if await self.show():
            await asyncio.sleep(_BETWEEN_LAYOUTS)

    async def show(self) -> bool:
        """Show those that are spoken of now; return whether others were shown before.

        Raises LogUnavailable; then all is as it was.
        """
        async with self._lock:
            shown = self.of(self._site())
            if shown.dashboards == current_site().dashboards:
                return False
            await self._hub.widen(shown)
            show(shown)
            self._hub.follow_subjects(shown)
            return True

    def of(self, site: Site) -> Site:
        """Return the site with the tiles of the subjects that are spoken of now."""
        most = conf().SUBJECT_TILES
        shown = with_subjects(site, self._hub.subjects.take(site), most)
        crowded = {more.producer for one in shown.dashboards.values() for more in one.more}
        for alias in sorted(crowded - self._crowded):
            logger.warning("more subjects than SUBJECT_TILES producer=%s most=%s", alias, most)
        self._crowded |= crowded
        return shown
