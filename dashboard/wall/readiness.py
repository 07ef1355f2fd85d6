"""Readiness: whether people should be sent to this process; looked at once a second."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from dashboard.live.hub import Hub
from dashboard.log.base import EntryId, EventLog, LogUnavailable
from dashboard.log.clock import microseconds
from dashboard.log.leaps import Leap, Leaps
from producers.base import utc_now

logger = logging.getLogger(__name__)

PATIENCE: Final = 5.0
"""Seconds that the log may say nothing, and that the hub may be behind it: somebody who holds the
database for a moment is not worth a change of servers."""
LATELY: Final = timedelta(hours=1)
"""How long it is told that the clock leapt."""
_LOOK_EVERY: Final = 1.0
"""Seconds between two looks."""
_WEIGH_EVERY: Final = 60.0
"""Seconds between two looks at how the log's server is set."""
_SILENT: Final = "it does not answer"


class Unready(NamedTuple):
    """Why nobody should be sent here: `status` in a word, `detail` in a sentence."""

    status: str
    detail: str


class Readiness:
    """Remembers when the log last answered and how long the hub has been behind it.

    `look` asks the log; `trouble` asks nobody, so it answers at once whatever has failed.
    """

    def __init__(self, log: EventLog, hub: Hub) -> None:
        self._log = log
        self._hub = hub
        self._answered: float | None = None
        self._error = _SILENT
        self._newest = EntryId("none", 0)
        self._awaited_since = 0.0
        self._told = ""
        self.leaps: tuple[Leap, ...] = ()
        """Where the clock leapt within the last hour."""
        self.weaknesses: Sequence[str] = ()
        """What of the log's server may lose or refuse what the log promises to keep."""
        self._weighed = 0.0

    async def look(self) -> None:
        """Wait for the next look's time, and look."""
        now = asyncio.get_running_loop().time
        if self._answered is None:
            self._answered = now()
        await asyncio.sleep(_LOOK_EVERY)
        self._tell()
        try:
            newest = (await self._log.bounds()).newest
            await self._log.probe()
            self._note(await self._log.leaps())
            if now() >= self._weighed:
                self._weigh(await self._log.weaknesses())
                self._weighed = now() + _WEIGH_EVERY
        except LogUnavailable as error:
            self._error = str(error)
            return
        self._answered, self._error = now(), _SILENT
        if self._hub_has_heard() or newest.epoch != self._newest.epoch:
            self._newest, self._awaited_since = newest, now()

    def trouble(self) -> Unready | None:
        """Return what is the matter, None for nothing."""
        now = asyncio.get_running_loop().time()
        if self._hub.draining:
            return Unready("draining", "the server is about to stop")
        if not self._hub.ready:
            return Unready("starting", "the hub is reading the log")
        silent = 0.0 if self._answered is None else now - self._answered
        if silent > PATIENCE:
            told = f"the log could not be used for {silent:.0f} s: {self._error}"
            return Unready("unavailable", told)
        behind = now - self._awaited_since
        if behind > PATIENCE and not self._hub_has_heard():
            told = f"for {behind:.0f} s the hub has not heard entry {self._newest} of the log"
            return Unready("behind", f"{told}; it is at {self._hub.head}")
        return None

    def _note(self, leaps: Sequence[Leap]) -> None:
        """Remember the leaps, and log what is new of them."""
        lately = Leaps(leaps).noticed_since(microseconds(utc_now() - LATELY))
        for leap in lately:
            if leap.seq not in {known.seq for known in self.leaps}:
                logger.warning("the clock leapt %s; entries go on in their order", leap)
        self.leaps = tuple(lately)

    def _weigh(self, weaknesses: Sequence[str]) -> None:
        """Remember the weaknesses, and log what is new of them."""
        for weakness in weaknesses:
            if weakness not in self.weaknesses:
                logger.warning("the log's server: %s", weakness)
        self.weaknesses = weaknesses

    def _hub_has_heard(self) -> bool:
        head, newest = self._hub.head, self._newest
        return newest.seq == 0 or (head.epoch == newest.epoch and head.seq >= newest.seq)

    def _tell(self) -> None:
        """Log when it becomes ready or unready, once."""
        trouble = self.trouble()
        status = "ready" if trouble is None else trouble.status
        if trouble is not None and status != self._told:
            logger.warning("not ready: %s", trouble.detail)
        elif trouble is None and self._told not in ("", status):
            logger.info("ready again")
        self._told = status
