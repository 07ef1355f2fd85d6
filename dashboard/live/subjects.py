"""Subjects: what producers spoke of lately, and a window for each subject that somebody shows."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Final

from dashboard.live.audiences import Audiences
from dashboard.live.roster import MOST, Roster
from dashboard.live.tile_audience import Change
from dashboard.live.window import Window
from dashboard.log.base import Entry, EventLog
from dashboard.tiles.config import Tile
from dashboard.tiles.site import Site
from dashboard.tiles.subjects import Present

Key = tuple[str, str]
"""A producer and one of its subjects."""

MOST_ASKED: Final = 1_000
"""Windows of subjects that pages may ask for; beyond it, those that no stream shows go."""
_KEPT: Final = 30.0
"""Seconds that a window is kept for a page that was drawn, until its stream is there."""
_LOOKS_BACK: Final = timedelta(days=1)
"""How far back subjects are looked for that a tile shows beside others."""


class TooManySubjects(Exception):
    """Open pages show as many subjects as a process holds; come again later."""


class Subjects:
    """Belongs to the hub, whose windows these are. Where no tile has a subject it does nothing.

    `changed` is set when a tile that stands for each subject stands for others now.
    """

    def __init__(
        self,
        windows: Mapping[str, Window],
        site: Site,
        log: EventLog,
        now: Callable[[], datetime],
        audiences: Audiences,
    ) -> None:
        self._windows = windows
        self._log = log
        self._now = now
        self._audiences = audiences
        self._site = site
        self._told: dict[str, Present] = {}
        self._asked: dict[Key, float] = {}
        self._priming = asyncio.Lock()
        self.changed = asyncio.Event()
        self._give_rosters(site)
        self._give_newest(site)

    def hear(self, alias: str, entries: Iterable[Entry], *, now: float) -> set[Change]:
        """Take a producer's entries after its window did; return whose tiles look different."""
        window = self._windows[alias]
        if window.roster is None and not window.subjects:
            return {alias}
        subjects = {entry.event.subject or "" for entry in entries}
        roster = window.roster
        # Not any(): each is to be heard.
        if roster is not None and [one for one in subjects if roster.hear(one, now)]:
            self.changed.set()
        return {(alias, None), *((alias, subject) for subject in subjects & window.subjects.keys())}

    def take(self, site: Site) -> dict[str, Present]:
        """Return which subjects each tile stands for now, by its id, and take them as known."""
        self._told = self._present(site)
        return self._told

    def _present(self, site: Site) -> dict[str, Present]:
        now = asyncio.get_running_loop().time()
        present = {}
        for tile in site.tiles.values():
            if tile.forget is not None:
                roster = self._windows[tile.producer].roster
                present[tile.id] = (
                    Present(()) if roster is None else roster.present(now, tile.forget)
                )
        return present

    def look(self) -> None:
        """Notice subjects that went silent, and windows that nobody asks for any more."""
        if self._present(self._site) != self._told:
            self.changed.set()
        if self._asked:
            self._forget(asyncio.get_running_loop().time() - _KEPT)

    async def prepare(self, tiles: Sequence[Tile]) -> None:
        """Have windows, filled from the log, for tiles that the site may not have.

        Raises TooManySubjects and LogUnavailable.
        """
        now = asyncio.get_running_loop().time()
        keys = {key for tile in tiles if (key := key_of(tile)) is not None}
        if len(self._asked.keys() | keys) > MOST_ASKED:
            self._forget(now)
            if len(self._asked.keys() | keys) > MOST_ASKED:
                raise TooManySubjects
        self._asked |= dict.fromkeys(keys, now)
        await self._fill(tiles)

    async def widen(self, site: Site) -> None:
        """Have a roster and windows, filled from the log, for all that the site shows too.

        Raises LogUnavailable.
        """
        await self._prime_rosters(self._give_rosters(site))
        self._give_newest(site)
        await self._prime_newest()
        await self._fill(site.tiles.values())

    def follow(self, site: Site) -> None:
        """Keep what this site shows, and what was asked for beside it."""
        self._site = site
        wanted = {tile.producer for tile in site.tiles.values() if tile.forget is not None}
        at_once = _shown_at_once(site)
        for alias, window in self._windows.items():
            if alias not in wanted:
                window.roster = None
            if alias not in at_once:
                window.newest = None
        self._drop(self._asked.keys())

    async def prime(self) -> None:
        """Fill all from the log as it is now. Raises LogUnavailable."""
        await self._prime_rosters(
            alias for alias, window in self._windows.items() if window.roster is not None
        )
        await self._prime_newest()
        await self.catch_up()

    async def catch_up(self) -> None:
        """Fill the windows that were not yet. Raises LogUnavailable."""
        filled: set[Change] = set()
        async with self._priming:
            for alias, window in list(self._windows.items()):
                for subject in list(window.unprimed):
                    about = window.subjects[subject]
                    entries = await self._log.latest_of(alias, subject, about.depth)
                    if window.subjects.get(subject) is about:
                        heard = self._heard(entries[-1].received) if entries else 0.0
                        about.prime(entries, heard=heard)
                        window.unprimed.discard(subject)
                        filled.add((alias, subject))
        self._audiences.touch(filled)

    async def _fill(self, tiles: Iterable[Tile]) -> None:
        for tile in tiles:
            if tile.subject is not None:
                self._windows[tile.producer].about(tile.subject, tile.widget.depth)
        await self.catch_up()

    def _give_rosters(self, site: Site) -> list[str]:
        """Give each producer the roster that it needs; return to whom a new one was given."""
        keep: dict[str, int] = {}
        for tile in site.tiles.values():
            if tile.forget is not None:
                keep[tile.producer] = max(tile.forget, keep.get(tile.producer, 0))
        fresh = []
        for alias, seconds in keep.items():
            window = self._windows[alias]
            if window.roster is None or window.roster.keep < seconds:
                window.roster = Roster(seconds)
                fresh.append(alias)
        return fresh

    async def _prime_rosters(self, aliases: Iterable[str]) -> None:
        for alias in aliases:
            roster = self._windows[alias].roster
            if roster is not None:
                since = self._now() - timedelta(seconds=roster.keep)
                spoken = await self._log.subjects(alias, since, MOST)
                roster.prime({subject: self._heard(when) for subject, when in spoken.items()})

    def _give_newest(self, site: Site) -> None:
        for alias in _shown_at_once(site) & self._windows.keys():
            self._windows[alias].show_each()

    async def _prime_newest(self) -> None:
        """Fill those that were not yet with what the log holds of each subject."""
        for alias, window in list(self._windows.items()):
            newest = window.newest
            if newest is None or newest.is_primed:
                continue
            newest.hear(window.entries)
            for subject in await self._log.subjects(alias, self._now() - _LOOKS_BACK, MOST):
                if subject not in newest:
                    newest.hear(await self._log.latest_of(alias, subject, 1))
            newest.is_primed = True
            window.change()
            self._audiences.touch({alias})

    def _forget(self, before: float) -> None:
        """Drop what was asked for before then (loop time) and no stream shows."""
        shown = self._audiences.subjects()
        for key, asked in list(self._asked.items()):
            if asked <= before and key not in shown:
                del self._asked[key]
        self._drop(self._asked.keys() | shown)

    def _drop(self, kept: Set[Key]) -> None:
        """Drop the windows that neither the site shows nor is in `kept`."""
        kept = (
            kept
            | self._audiences.subjects()
            | {key for t in self._site.tiles.values() if (key := key_of(t))}
        )
        for alias, window in self._windows.items():
            for subject in [s for s in window.subjects if (alias, s) not in kept]:
                window.drop(subject)

    def _heard(self, received: datetime) -> float:
        ago = max(0.0, (self._now() - received).total_seconds())
        return asyncio.get_running_loop().time() - ago


def _shown_at_once(site: Site) -> set[str]:
    """Return the producers of tiles that show all their subjects."""
    tiles = (tile for tile in site.tiles.values() if tile.subject is None)
    return {tile.producer for tile in tiles if tile.widget.per_subject}


def key_of(tile: Tile) -> Key | None:
    """Return what a tile is about, None where that is all that its producer says."""
    return None if tile.subject is None else (tile.producer, tile.subject)
