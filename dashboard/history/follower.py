"""Follower: hears the log behind everybody else, and keeps the rollups of what it heard."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from dashboard.history import state_store, store
from dashboard.history.fold import Fold
from dashboard.history.past import FINEST, MOST_POINTS, AnyPast
from dashboard.log.base import Bounds, CursorLost, Entry, EntryId, EventLog, LogUnavailable
from dashboard.log.session import Reader

_PAGE: Final = 1_000
"""Entries read at once, where a past begins."""
_SLICE: Final = 10
"""Entries that are summed between two looks at the time."""
_TURN: Final = 0.0005
"""Seconds of summing after which others have their turn on the event loop."""
_SERIES: Final = 2_000
"""Series, each in a step, of one transaction: so few that an append waits for milliseconds."""
_BATCH: Final = 500
"""Rollups that one transaction deletes."""
_MANY: Final = 250
"""Entries that came while others were rolled up, by which the log is busy."""
_RESTS: Final = 19
"""Times as long as it works the follower rests while it is behind a busy log; else as long."""
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

    How far it has come is stored with what it wrote, so it may be killed at any moment, and any
    number of processes may follow: of the same entries one stores them. It hears them as the tail
    of its process brings them, and they are read back only where it is far behind. Belongs to one
    event loop.
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
        self._tail: AsyncGenerator[list[Entry], None] | None = None
        self._stored = EntryId("", 0)
        """What follows it, the tail brings, or has brought:"""
        self._heard: list[Entry] = []

    async def catch_up(self) -> int:
        """Roll up what is new as of now; return how many entries. Raises LogUnavailable.

        Where that is more than was heard lately, it works half of the time, and little while much
        is appended, so that nobody who appends is held up.
        """
        after, newest = await self._bounds()
        head, count = newest, 0
        while after.epoch == newest.epoch and after.seq < newest.seq:
            began = self._timer()
            try:
                entries = await self._following(after)
            except CursorLost:  # trimmed, or another log by now: what is left is read next time
                return count
            fold, taken = await self._fold(entries)
            upto = entries[taken - 1].id
            add = partial(store.add, fold=fold, after=after, upto=upto, since=self._since())
            if await self._reader.run(add):
                self._heard, self._stored, after = entries[taken:], upto, upto
                count += taken
            else:
                after, _ = await self._bounds()
            took = self._timer() - began
            if after.seq < newest.seq:
                before, head = head, (await self._log.bounds()).newest
                await self._sleep(took * (_RESTS if head.seq - before.seq >= _MANY else 1))
        return count

    async def prime(self, past: AnyPast, producer: str) -> None:
        """Let `past` know what was kept, and what the log has beyond that. Raises LogUnavailable.

        What comes while this reads, it has to hear.
        """
        newest = (await self._log.bounds()).newest
        if past.step == FINEST:
            entries = await self._log.latest(producer, MOST_POINTS)
            return past.prime({}, entries, entries[-1].id if entries else newest)
        kept, after = await self._read(past, producer)
        upto = _start(await self._log.bounds(), after)
        entries = []
        while upto < newest and (page := await self._log.read(upto, _PAGE)):
            upto = page[-1].id
            entries += [entry for entry in page if entry.event.producer == producer]
        past.prime(kept, entries, upto)

    async def forget(self) -> int:
        """Delete what is older than it is to be kept; return how many rollups and runs went."""
        gone = 0
        for step, before in self._since().items():
            works = [partial(store.forget, step=step, before=before, limit=_BATCH)]
            if step == _STATES_LIKE:
                works.append(partial(state_store.forget, before=before, limit=_BATCH))
            for work in works:
                more = _BATCH
                while more == _BATCH:
                    more = await self._reader.run(work)
                    gone += more
        return gone

    async def aclose(self) -> None:
        await self._stop_hearing()
        await self._reader.aclose()

    def _since(self) -> dict[int, int]:
        """Return when what is kept begins, by the step; one of which all is kept is left out."""
        now = self._clock()
        return {step: int(now - s) for step, s in self._kept.items() if s is not None}

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

    async def _bounds(self) -> tuple[EntryId, EntryId]:
        """Return the last entry that was rolled up, by whomever, and the newest there is."""
        while True:
            stored = await self._reader.run(store.read_cursor)
            bounds = await self._log.bounds()
            start = _start(bounds, stored)
            if start == stored:
                return stored, bounds.newest
            await self._reader.run(partial(store.add, fold=Fold(), after=stored, upto=start))

    async def _following(self, after: EntryId) -> list[Entry]:
        """Wait for what follows `after`, and return all that was heard of it. Raises CursorLost."""
        if self._tail is None or after.epoch != self._stored.epoch or after < self._stored:
            await self._stop_hearing()
            self._tail, self._stored = self._log.tail(after), after
        while not (follows := _beyond(after, self._heard)):
            try:
                self._heard = await anext(self._tail)
            except StopAsyncIteration:
                raise LogUnavailable("the log is closed") from None
            except CursorLost:
                await self._stop_hearing()
                raise
        return follows

    async def _stop_hearing(self) -> None:
        self._heard = []
        if self._tail is not None:
            await self._tail.aclose()
            self._tail = None

    async def _fold(self, entries: Sequence[Entry]) -> tuple[Fold, int]:
        """Sum these entries, as many as are to be stored at once; return how many that are."""
        fold, taken = Fold(), 0
        loop = asyncio.get_running_loop()
        turn_ends = loop.time() + _TURN
        while taken < len(entries) and fold.size < _SERIES:
            fold.add(entries[taken : taken + _SLICE])
            taken = min(taken + _SLICE, len(entries))
            if loop.time() > turn_ends:
                await asyncio.sleep(0)
                turn_ends = loop.time() + _TURN
        return fold, taken


def _start(bounds: Bounds, after: EntryId) -> EntryId:
    """Return the cursor to go on from: where it stood, if the log still has what follows.

    In a log of another epoch that is as long, the same numbers are the same entries: an epoch is
    renewed when an older state of the database came back, rollups and all.
    """
    lost = bounds.why_lost(after)
    if lost is None:
        return after
    if lost != "trimmed" and bounds.cursor.seq <= after.seq <= bounds.newest.seq:
        return EntryId(bounds.newest.epoch, after.seq)
    return bounds.cursor


def _beyond(after: EntryId, entries: list[Entry]) -> list[Entry]:
    """Return those of `entries` that come later: another process may have stored the first."""
    return entries[max(0, after.seq + 1 - entries[0].id.seq) :] if entries else entries
