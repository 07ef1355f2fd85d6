"""Sight: what a tile is drawn from: all that is known of its producer at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.history.past import AnyPast
from dashboard.log.base import Entry
from dashboard.tiles.config import Tile
from dashboard.tiles.status import TileStatus, status_of
from dashboard.widgets.base import ALONE, Beside
from producers.base import Producer
from producers.registry import Misconfigured
from producers.state import ProducerState


@dataclass(frozen=True, slots=True)
class Sight:
    """A tile, and what is seen in it at `now`: the same for everybody who looks.

    `entries` are oldest first and may be none; for a widget that is `per_subject` they are the
    newest of each subject, and of all as many as it asks for. `producer` is why there is none,
    where its row of PRODUCERS is wrong. `past` is what a widget with a `span` draws, and `others`
    are the other producers that it shows.
    """

    tile: Tile
    producer: Producer | Misconfigured
    entries: tuple[Entry, ...]
    now: datetime
    state: ProducerState | None = None
    stale: bool = False
    past: AnyPast | None = None
    others: Mapping[str, Beside] = field(default_factory=lambda: ALONE)

    @property
    def last(self) -> Entry | None:
        return self.entries[-1] if self.entries else None

    @property
    def wanted(self) -> tuple[Entry, ...]:
        """The newest entries, as many as the widget asks for; of each subject, all there are."""
        if self.tile.widget.per_subject:
            return self.entries
        return self.entries[max(0, len(self.entries) - self.tile.widget.depth) :]

    def context(self) -> dict[str, Any]:
        """Return what the widget's templates draw; there is an entry at least."""
        widget = self.tile.widget
        if self.past is None:
            return widget.context(self.wanted)
        return widget.chart(self.wanted, self.past, self.now.timestamp(), self.others)

    @property
    def trouble(self) -> TileStatus | None:
        """The worst that is the matter, or None when nothing is."""
        broken = self.producer if isinstance(self.producer, Misconfigured) else None
        return status_of(self.last, self.state, self.stale, broken, self.now)
