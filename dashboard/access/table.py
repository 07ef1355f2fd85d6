"""AccessTable: who may see what, in memory, so that a stream is let in without the database."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Set
from typing import Final, TypeAlias

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from dashboard.access.access import Seat, Standing

Reader: TypeAlias = Callable[[Collection[Seat]], Mapping[Seat, Standing]]
"""Returns the standings of those seats that still are; blocks, in a thread."""

_KEEP: Final = 60.0
"""Seconds for which one who left is remembered: long enough to come back."""


class AccessUnavailable(Exception):  # noqa: N818 - as LogUnavailable: it names what is the matter
    """The database cannot be asked who somebody is; ask again later."""


class AccessTable:
    """The seats of those who look now or looked lately. Belongs to one event loop.

    `readers` say what is so by kind of holder: `user` of user:<pk>. A seat is asked about once,
    in a thread, with all that are waited for; then `refresh` keeps it true.
    """

    def __init__(
        self, readers: Mapping[str, Reader], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._readers = readers
        self._clock = clock
        self._known: dict[Seat, Standing | None] = {}
        self._asked: dict[Seat, float] = {}
        self._wanted: set[Seat] = set()
        self._reading = asyncio.Lock()

    def known(self, seat: Seat) -> Standing | None:
        """Return the standing as last read; None: none, or the seat is not known."""
        return self._known.get(seat)

    async def standing(self, seat: Seat, *, fresh: bool = False) -> Standing | None:
        """Return what the holder may read; None: nothing any more. Raises AccessUnavailable.

        The database is asked if the seat is not known, or when it is to be `fresh`.
        """
        self._asked[seat] = self._clock()
        if fresh or seat not in self._known:
            self._wanted.add(seat)
            async with self._reading:
                # Who had the lock before may have read this one too.
                if seat in self._wanted:
                    await self._read()
        return self._known[seat]

    async def refresh(self, watched: Set[Seat]) -> None:
        """Read anew what is `watched` or was asked for lately, and forget the others.

        What was known stays when the database fails: raises AccessUnavailable.
        """
        since = self._clock() - _KEEP
        async with self._reading:
            for seat, asked in list(self._asked.items()):
                if asked < since and seat not in watched:
                    del self._asked[seat]
                    self._known.pop(seat, None)
            self._wanted |= self._known.keys()
            if self._wanted:
                await self._read()

    async def _read(self) -> None:
        seats, self._wanted = self._wanted, set()
        try:
            found = await sync_to_async(self._ask)(seats)
        except BaseException as error:
            self._wanted |= seats
            if isinstance(error, DatabaseError):
                raise AccessUnavailable(f"the database cannot be asked: {error}") from error
            raise
        self._known.update((seat, found.get(seat)) for seat in seats)

    def _ask(self, seats: Set[Seat]) -> dict[Seat, Standing]:
        close_old_connections()
        by_kind: dict[str, list[Seat]] = {}
        for seat in seats:
            by_kind.setdefault(seat.holder.partition(":")[0], []).append(seat)
        found: dict[Seat, Standing] = {}
        for kind, some in by_kind.items():
            if kind in self._readers:
                found.update(self._readers[kind](some))
        return found
