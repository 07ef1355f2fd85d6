"""Windows: one for each producer of the site, whichever site that is just now."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dashboard.conf import conf
from dashboard.history.past import AnyPast, Scope, past_of
from dashboard.live.window import Window
from dashboard.log.base import Entry, EntryId, EventLog
from dashboard.tiles.site import Site
from producers.state import STATE_TYPE, ProducerState

logger = logging.getLogger(__name__)

REMEMBERED: Final = 60
"""Entries that a window holds at least, for its producer's page."""


class Windows(Mapping[str, Window]):
    """Alias → window. When the site changes they are first widened, and narrowed at last."""

    def __init__(self, site: Site) -> None:
        self._windows = {alias: _window(*wanted) for alias, wanted in _wanted(site).items()}
        self._not_understood: set[EntryId] = set()
        self._give_pasts(site)

    def __getitem__(self, alias: str) -> Window:
        return self._windows[alias]

    def __iter__(self) -> Iterator[str]:
        return iter(self._windows)

    def __len__(self) -> int:
        return len(self._windows)

    async def widen(self, site: Site, log: EventLog, heard: Callable[[Entry], float]) -> None:
        """Add those that `site` has too, and deepen those that are to hold more.

        Raises LogUnavailable; then all are as they were.
        """
        before = dict(self._windows)
        fresh: dict[str, Window] = {}
        for alias, (depth, expect_every) in _wanted(site).items():
            old = before.get(alias)
            if old is None or old.depth < depth:
                fresh[alias] = window = _window(depth, expect_every)
                if old is not None:
                    window.take_over(old)
        # From here on they hear what comes; what came before is put in front of it.
        self._windows.update(fresh)
        self._give_pasts(site)
        try:
            for alias, window in fresh.items():
                if entries := await log.latest(alias, window.depth):
                    window.prime(entries, heard=heard(entries[-1]))
        except BaseException:
            for alias in fresh:
                del self._windows[alias]
                if alias in before:
                    self._windows[alias] = before[alias]
            raise

    def obey(self, entry: Entry) -> None:
        """Take a state that a control entry tells. What is not understood, such as what another
        version of the wall wrote, is logged once and passed over."""
        window = self._windows.get(entry.event.subject or "")
        if window is None or entry.event.type != STATE_TYPE:
            return
        try:
            window.set_state(ProducerState.of(entry.event))
        except ValueError as error:
            if entry.id not in self._not_understood:
                self._not_understood.add(entry.id)
                logger.warning("control entry passed over id=%s error=%s", entry.id, error)

    def adjust(self, before: Site, site: Site) -> None:
        """Take what `site` says of producers that are in both."""
        for alias, (_, expect_every) in _wanted(site).items():
            window = self._windows[alias]
            window.expect(expect_every)
            if before.producers.get(alias) is not site.producers.get(alias):
                window.change()

    def slid(self, now: float) -> set[str]:
        """Return the producers whose charts are to be drawn again, only since time went on."""
        slid = set()
        for alias, window in self._windows.items():
            # Not any(): each is to note the time.
            if [past for past in window.pasts.values() if past.has_slid(now)]:
                window.change()
                slid.add(alias)
        return slid

    def unprimed(self) -> Iterator[tuple[str, AnyPast]]:
        """Yield the pasts that do not know yet what was before them, with their producer."""
        for alias, window in self._windows.items():
            for past in window.pasts.values():
                if not past.is_primed:
                    yield alias, past

    def _give_pasts(self, site: Site) -> None:
        scopes = _scopes(site)
        for alias, window in self._windows.items():
            wanted = scopes.get(alias, set())
            # What is there stays until the site has changed: it may be drawn meanwhile.
            window.pasts |= {scope: past_of(scope) for scope in wanted - window.pasts.keys()}

    def narrow(self, site: Site) -> None:
        """Drop those that `site` does not have."""
        for alias in self._windows.keys() - site.aliases:
            del self._windows[alias]
        scopes = _scopes(site)
        for alias, window in self._windows.items():
            for scope in window.pasts.keys() - scopes.get(alias, set()):
                del window.pasts[scope]


def _scopes(site: Site) -> dict[str, set[Scope]]:
    """Return alias → the pasts that its charts show."""
    scopes: dict[str, set[Scope]] = {}
    for tile in site.tiles.values():
        if tile.widget.scope is not None:
            for alias in (tile.producer, *tile.widget.also):
                scopes.setdefault(alias, set()).add(tile.widget.scope)
    return scopes


def _wanted(site: Site) -> dict[str, tuple[int, float | None]]:
    """Return alias → entries to remember, and the seconds of silence that it may have."""
    depths = dict.fromkeys(site.aliases, REMEMBERED)
    for tile in site.tiles.values():
        depths[tile.producer] = max(depths[tile.producer], tile.widget.depth)
    return {
        alias: (depth, site.producers[alias].expect_every if alias in site.producers else None)
        for alias, depth in depths.items()
    }


def _window(depth: int, expect_every: float | None) -> Window:
    return Window(depth, expect_every, conf().TILE_WINDOW_MIB * 2**20)
