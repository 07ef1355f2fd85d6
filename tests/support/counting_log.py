"""CountingLog: the log in the database, counting what it is asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.log.base import Bounds, Entry, EntryId
from dashboard.log.database import DatabaseLog


class CountingLog(DatabaseLog):
    """`asked` is how often the database had to answer: reads, bounds, seeks."""

    def __init__(self, options: Mapping[str, Any], **more: Any) -> None:
        super().__init__(options, **more)
        self.asked = 0

    async def read(self, after: EntryId, limit: int) -> list[Entry]:
        self.asked += 1
        return await super().read(after, limit)

    async def bounds(self) -> Bounds:
        self.asked += 1
        return await super().bounds()

    async def seek(self, since: datetime) -> EntryId:
        self.asked += 1
        return await super().seek(since)
