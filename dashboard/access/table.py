"""AccessTable: who may see what, in memory, so that a stream is let in without the database."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Set
from typing import Final, TypeAlias

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from dashboard.access.access import Grant, Principal

Reader: TypeAlias = Callable[[Collection[Principal]], Mapping[Principal, Grant]]
"""Returns the grants of those principals that still are; blocks, in a thread."""

_KEEP: Final = 60.0
"""Seconds for which one who left is remembered: long enough to come back."""


class AccessUnavailable(Exception):
    """The database cannot be asked who somebody is; ask again later."""


class AccessTable:
    """The principals of those who look now or looked lately. Belongs to one event loop.

    `readers` say what is so by kind of holder: `user` of user:<pk>. Each is asked about once,
    in a thread, with all that are waited for; then `refresh` keeps it true.
    """

    def __init__(
        self, readers: Mapping[str, Reader], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._readers = readers
        self._clock = clock
        self._known: dict[Principal, Grant | None] = {}
        self._asked: dict[Principal, float] = {}
        self._wanted: set[Principal] = set()
        self._reading = asyncio.Lock()

    def known(self, principal: Principal) -> Grant | None:
        """Return the grant as last read; None: none, or the principal is not known."""
        return self._known.get(principal)

    async def grant(self, principal: Principal, *, fresh: bool = False) -> Grant | None:
        """Return what the holder may read; None: nothing any more. Raises AccessUnavailable.

        The database is asked if the principal is not known, or when it is to be `fresh`.
        """
        self._asked[principal] = self._clock()
        if fresh or principal not in self._known:
            self._wanted.add(principal)
            async with self._reading:
                # Who had the lock before may have read this one too.
                if principal in self._wanted:
                    await self._read()
        return self._known[principal]

    async def refresh(self, watched: Set[Principal]) -> None:
        """Read anew what is `watched` or was asked for lately, and forget the others.

        What was known stays when the database fails: raises AccessUnavailable.
        """
        since = self._clock() - _KEEP
        async with self._reading:
            for principal, asked in list(self._asked.items()):
                if asked < since and principal not in watched:
                    del self._asked[principal]
                    self._known.pop(principal, None)
            self._wanted |= self._known.keys()
            if self._wanted:
                await self._read()

    async def _read(self) -> None:
        principals, self._wanted = self._wanted, set()
        try:
            found = await sync_to_async(self._ask)(principals)
        except BaseException as error:
            self._wanted |= principals
            if isinstance(error, DatabaseError):
                raise AccessUnavailable(f"the database cannot be asked: {error}") from error
            raise
        self._known.update((principal, found.get(principal)) for principal in principals)

    def _ask(self, principals: Set[Principal]) -> dict[Principal, Grant]:
        close_old_connections()
        by_kind: dict[str, list[Principal]] = {}
        for principal in principals:
            by_kind.setdefault(principal.holder.partition(":")[0], []).append(principal)
        found: dict[Principal, Grant] = {}
        for kind, some in by_kind.items():
            if kind in self._readers:
                found.update(self._readers[kind](some))
        return found
