"""Uses: when each embed was last shown, kept in memory and written down once in a while."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections, transaction
from django.db.models import Q

from dashboard.models import Embed

SAVE_EVERY: Final = 60.0
"""Seconds between two writes of when one embed was last used."""


class EmbedUses:
    """Belongs to one event loop. `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: dict[str, float] = {}
        self._saved: dict[str, float] = {}

    def note(self, key: str) -> None:
        self._used[key] = self._clock()

    async def save(self, every: float = SAVE_EVERY) -> None:
        """Write down when embeds were last used, each once in `every` seconds at most."""
        now = self._clock()
        self._saved = {key: at for key, at in self._saved.items() if now - at < every}
        due = {key: at for key, at in self._used.items() if key not in self._saved}
        if not due:
            return
        today = datetime.now(UTC)
        await sync_to_async(_write)(
            {key: today - timedelta(seconds=now - at) for key, at in due.items()}
        )
        for key, at in due.items():
            self._saved[key] = now
            if self._used[key] == at:
                del self._used[key]


def _write(used: dict[str, datetime]) -> None:
    close_old_connections()
    with transaction.atomic():
        for key, at in used.items():
            # Another process may have seen it later.
            earlier = Q(last_used=None) | Q(last_used__lt=at)
            Embed.objects.filter(earlier, key=key).update(last_used=at)
