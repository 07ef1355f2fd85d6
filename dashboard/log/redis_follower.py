"""RedisFollower: the one of this process that waits for what is appended to a log in Redis."""

import asyncio
import logging
from typing import Final

from dashboard.log.base import EntryId, LogUnavailable
from dashboard.log.fanout import Fanout
from dashboard.log.redis_entries import entry_of, text
from dashboard.log.redis_sequence import RedisSequence

logger = logging.getLogger("dashboard.log")

WAITS: Final = 1.0
"""Seconds of one wait; then it is looked whether the log still is the same."""
RETRY: Final = 0.2
"""Seconds between two attempts at a server that is unavailable."""


class RedisFollower:
    """Waits on a connection of its own while anybody listens. Belongs to one event loop."""

    def __init__(self, sequence: RedisSequence, fanout: Fanout) -> None:
        self._sequence = sequence
        self._fanout = fanout
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Follow from now on, if it does not yet."""
        self._wanted.set()
        if self._task is None:
            self._task = asyncio.create_task(self._follow(), name="log-follower")

    async def stop(self) -> None:
        """End it; the fanout is closed."""
        if self._task is not None:
            self._wanted.set()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        unavailable = False
        # Not only until it is cancelled: redis-py may take that for a broken connection.
        while not self._fanout.closed:
            position = self._fanout.position
            if position is None:
                self._wanted.clear()
                await self._wanted.wait()
                continue
            try:
                await self._hear(position)
                unavailable = False
            except LogUnavailable as error:
                if not unavailable:
                    logger.warning("log unavailable, waiting error=%s", error)
                unavailable = True
                await asyncio.sleep(RETRY)
            except Exception:
                logger.exception("the log's follower failed, and goes on")
                await asyncio.sleep(RETRY)

    async def _hear(self, position: EntryId) -> None:
        """Wait for what comes after `position`, and hand it out."""
        prefix = self._sequence.prefix
        found, (epoch, _) = await self._sequence.server.wait_for(
            f"{prefix}log",
            f"0-{position.seq}",
            WAITS,
            ("HMGET", f"{prefix}head", "epoch", "run"),
        )
        if not found or epoch is None or text(epoch) != position.epoch:
            # Nothing for a while, or another log: perhaps also another server, which has less.
            newest = (await self._sequence.state()).head.id
            if newest.epoch != position.epoch:
                self._fanout.move(newest)
            return
        now = self._fanout.position
        if now is None or now.epoch != position.epoch:
            return
        items = [item for item in found[0][1] if int(item[0].partition(b"-")[2]) > now.seq]
        if items and not self._fanout.publish([entry_of(position.epoch, one) for one in items]):
            # Trimmed before they were read: whoever wanted them is told by its next read.
            self._fanout.move((await self._sequence.state()).head.id)
