"""Concern: why somebody is to look at a tile: a limit is crossed, or its producer is in trouble."""

from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from dashboard.tiles.status import TileStatus
from dashboard.widgets.crossings import Crossing

Kind: TypeAlias = Literal["alert", "warn", "failing", "stale"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""Worst first."""


class Concern(NamedTuple):
    """The worst that is the matter with a tile; `said` is all of it in one line."""

    kind: Kind
    said: str


BROKEN: Final = Concern("failing", "cannot be drawn")


def concern_of(crossing: Crossing | None, trouble: TileStatus | None) -> Concern | None:
    """Return what is the matter, None for nothing.

    What was beyond a limit when its producer went silent is so still, as far as anybody knows.
    """
    words = [] if trouble is None else [trouble.word]
    if crossing is not None:
        measured = f"{crossing.name} {crossing.value}".strip()
        return Concern(
            crossing.severity, "; ".join((f"{measured}, limit {crossing.limit}", *words))
        )
    if trouble is None:
        return None
    return Concern("stale" if trouble.kind == "stale" else "failing", *words)
