"""Follower: reads the log behind everybody else, and keeps the rollups of what it read."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from dashboard.history import state_store, store
from dashboard.history.past import FINEST, MOST_POINTS, AnyPast
from dashboard.log.base import CursorLost, EntryId, EventLog
from dashboard.log.session import Reader

_PAGE: Final = 1_000
"""Entries of one transaction: little enough that an append waits for milliseconds only."""
_BATCH: Final = 500
"""Rollups that one transaction deletes."""
_MANY: Final = _PAGE // 4
"""Entries that came while a page was rolled up, by which the log is busy."""
_RESTS: Final = 4
"""Times as long as it works the follower rests while the log is busy; else as long."""
_STATES_LIKE: Final = 60
"""Runs of states are kept as long as the rollups of this step."""

_STEPS: Final = {"10s": 10, "1m": 60, "15m": 900, "6h": 21_600}
_HOURS: Final = {"h": 1, "d": 24}


def kept_seconds(setting: Mapping[Any, str | None]) -> dict[int, float | None]:
    """Return ROLLUPS as seconds by the seconds of the step; a step that it leaves out stays."""
    return {
        _STEPS[step]: None if kept is None else int(kept[:-1]) * _HOURS[kept[-1]] * 3_600.0
        for step, kept in setting.items()
    }


class Follower:
    """Keeps rollups in the database `alias`, each entry of `log` counted once.

    How far it has read is stored with what it wrote, so it may be killed at any moment, and any
    number of processes may follow: of the same page one is stored. Belongs to one event loop.
    """

    def __init__(
        self,
        log: EventLog,
        alias: str,
        kept: Mapping[int, float | None],
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """`kept`: seconds for which the rollups of a step (in seconds) are kept; None: for ever."""
        self._log = log
        self._kept = kept
        self._clock = clock
        self._sleep = sleep
        self._timer = timer
        self._reader = Reader(alias)

    async def catch_up(self) -> int:
        """Roll up what is new as of now; return how many entries. Raises LogUnavailable.

        Where that is much, it works half of the time, and less while much is appended, so that
        nobody who appends is held up.
        """
        newest, count = (await self._log.bounds()).newest, 0
        head = newest
        while True:
            began = self._timer()
            more, upto = await self._page()
            took = self._timer() - began
            count += more
            if not more or upto.epoch != newest.epoch or upto.seq >= newest.seq:
                return count
            before, head = head, (await self._log.bounds()).newest
            await self._sleep(took * (_RESTS if head.seq - before.seq >= _MANY else 1))

    async def prime(self, past: AnyPast, producer: str) -> None:
        """Let `past` know what was kept, and what the log has beyond that. Raises LogUnavailable.

        What comes while this reads, it has to hear.
        """
        newest = (await self._log.bounds()).newest
        if past.step == FINEST:
            entries = await self._log.latest(producer, MOST_POINTS)
            return past.prime({}, entries, entries[-1].id if entries else newest)
        kept, after = await self._read(past, producer)
        upto = await self._start(after)
        entries = []
        while upto < newest and (page := await self._log.read(upto, _PAGE)):
            upto = page[-1].id
            entries += [entry for entry in page if entry.event.producer == producer]
        past.prime(kept, entries, upto)

    async def forget(self) -> int:
        """Delete what is older than it is to be kept; return how many rollups and runs went."""
        gone = 0
        for step, seconds in self._kept.items():
            if seconds is None:
                continue
            before = int(self._clock() - seconds)
            works = [partial(store.forget, step=step, before=before, limit=_BATCH)]
            if step == _STATES_LIKE:
                works.append(partial(state_store.forget, before=before, limit=_BATCH))
            for work in works:
                more = _BATCH
                while more == _BATCH:
                    more = await self._reader.run(work)
                    gone += more
        return gone

    async def _read(self, past: AnyPast, producer: str) -> tuple[Mapping[Any, Any], EntryId]:
        since, most = int(self._clock() - past.span - past.step), past.most_series
        if past.scope.kind == "states":
            return await self._reader.run(
                partial(store.read_runs, producer=producer, since=since, most=most)
            )
        return await self._reader.run(
            partial(
                store.read_rollups,
                producer=producer,
                step=past.step,
                since=since,
                counts=past.scope.kind == "counts",
                most=most,
            )
        )

    async def aclose(self) -> None:
        await self._reader.aclose()

    async def _page(self) -> tuple[int, EntryId]:
        """Roll up the next page, whoever stores it; return how many entries it has, and its end."""
        after = await self._reader.run(store.read_cursor)
        start = await self._start(after)
        try:
            entries = await self._log.read(start, _PAGE)
        except CursorLost:  # trimmed, or another log by now: what is left is read next time
            return 0, start
        upto = entries[-1].id if entries else start
        if upto != after:
            await self._reader.run(partial(store.add, entries=entries, after=after, upto=upto))
        return len(entries), upto

    async def _start(self, after: EntryId) -> EntryId:
        """Return the cursor to go on from: where it stood, if the log still has what follows.

        In a log of another epoch that is as long, the same numbers are the same entries: an epoch
        is renewed when an older state of the database came back, rollups and all.
        """
        bounds = await self._log.bounds()
        lost = bounds.why_lost(after)
        if lost is None:
            return after
        if lost != "trimmed" and bounds.cursor.seq <= after.seq <= bounds.newest.seq:
            return EntryId(bounds.newest.epoch, after.seq)
        return bounds.cursor
