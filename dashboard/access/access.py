"""Access: what one viewer may see. Whatever is drawn, listed or sent is asked of it."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from dashboard.access.tickets import Ticket
from dashboard.tiles.config import Tile
from dashboard.tiles.site import Dashboard, current_site

Denial: TypeAlias = Literal["signed-out", "invalid", "expired", "ended"]
"""Why somebody may see nothing: no ticket, one that was never ours, too old, taken back."""


class Principal(NamedTuple):
    """Who looks, in what session: what has to be there still for a stream to go on."""

    holder: str
    session: str | None = None
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a holder may read as of now. `producers` None: all; `name` is shown to its owner."""

    producers: frozenset[str] | None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What may be seen, until when, and on whose account.

    `producers` and `tiles` None: all. With a `denial` nothing may be. `ticket` is what came
    with the request, if one did; `principal` is None for who needs no account.
    """

    producers: frozenset[str] | None = None
    tiles: frozenset[str] | None = None
    principal: Principal | None = None
    ticket: Ticket | None = None
    until: datetime | None = None
    name: str = ""
    denial: Denial | None = None

    @property
    def is_limited(self) -> bool:
        """Whether there may be anything that is not to be seen."""
        return self.producers is not None or self.tiles is not None

    @property
    def is_account(self) -> bool:
        """Whether it is that of somebody who can sign in."""
        return self.principal is not None and self.principal.holder.startswith("user:")

    def reads(self, alias: str) -> bool:
        """Return whether the events of this producer may be seen: tiles, pictures, history."""
        return self.producers is None or alias in self.producers

    def sees(self, tile: Tile) -> bool:
        """Return whether a tile may be seen: all producers that it shows, and itself."""
        may_read = all(map(self.reads, tile.producers))
        return may_read and (self.tiles is None or tile.id in self.tiles)

    def tiles_of(self, dashboard: Dashboard) -> tuple[Tile, ...]:
        """Return those of its tiles that may be seen, in their order."""
        if not self.is_limited:
            return dashboard.tiles
        return tuple(tile for tile in dashboard.tiles if self.sees(tile))

    def all_tiles(self) -> Mapping[str, Tile]:
        """Return every tile that may be seen, by its id."""
        if not self.is_limited:
            return current_site().tiles
        return {id_: tile for id_, tile in current_site().tiles.items() if self.sees(tile)}

    def all_dashboards(self) -> Mapping[str, Dashboard]:
        """Return the dashboards by slug, as this viewer has them; none without a tile to see."""
        dashboards = current_site().dashboards
        if not self.is_limited:
            return dashboards
        seen = [
            replace(
                shown,
                tiles=self.tiles_of(shown),
                more=tuple(more for more in shown.more if self.reads(more.producer)),
            )
            for shown in dashboards.values()
        ]
        return {shown.slug: shown for shown in seen if shown.tiles}

    def of(self, aliases: Set[str]) -> frozenset[str]:
        """Return those of these producers that may be read."""
        return frozenset(aliases) if self.producers is None else self.producers & aliases


def denied(why: Denial, ticket: Ticket | None = None) -> Access:
    """Return the access of somebody who may see nothing; `ticket` was ours, and is over."""
    return Access(producers=frozenset(), tiles=frozenset(), ticket=ticket, denial=why)


def renewed(access: Access, known: Callable[[Principal], Grant | None]) -> Access:
    """Return what the same viewer may see since the site is another one.

    `known` returns grants as they are under that site.
    """
    if access.principal is None:
        readable = open_producers()
    else:
        grant = known(access.principal)
        readable = frozenset() if grant is None else grant.producers
    producers = narrowed(readable, access.ticket)
    return access if producers == access.producers else replace(access, producers=producers)


def open_producers() -> frozenset[str] | None:
    """Return the producers that name no READERS; None: all."""
    registry = current_site().producers
    if not registry.readers:
        return None
    return frozenset({*registry, *registry.errors} - registry.readers.keys())


def narrowed(producers: frozenset[str] | None, ticket: Ticket | None) -> frozenset[str] | None:
    """Return what is left of `producers` under the ticket's limits; None: all."""
    if ticket is None:
        return producers
    limits = [producers, ticket.producers]
    if ticket.tiles is not None:
        known = current_site().tiles
        shown = [known[id_].producers for id_ in ticket.tiles if id_ in known]
        limits.append(frozenset().union(*shown))
    said = [limit for limit in limits if limit is not None]
    return frozenset.intersection(*said) if said else None
