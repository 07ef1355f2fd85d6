"""Layout: where each tile of a wall stands, so that together they fill a wide screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm, log
from typing import Final

from dashboard.tiles.config import Tile
from dashboard.tiles.packing import Rectangle, grown, pack, rows_of

MOST_COLUMNS: Final = 6
"""Narrower than a sixth of a wide screen no tile is read from across the room."""
MOST_ROWS: Final = 5
"""More are taller than a laptop's screen; rather than that, there are more columns."""
_MOST_OF_MANY: Final = 10
MOST_TRACKS: Final = 60
"""Columns that the style sheet knows: those of the tiles, cut so that each row can be shared."""
NARROW: Final = 2
"""Columns of a screen that is neither a phone's nor wide."""

_WIDE: Final = 2
"""Columns beyond which a tile of 1x1 looks stretched."""

SCREEN: Final = 16 / 9
PLEASANT: Final = 1.4
"""Width over height that a tile of 1x1 should come near to."""


@dataclass(frozen=True, slots=True)
class Place:
    """A tile and the cells it gets on a wide screen, from the first column and row, 1 and 1.

    `narrow` is how many columns it gets where there are two.
    """

    tile: Tile
    column: int
    row: int
    columns: int
    rows: int
    narrow: int = 1

    @property
    def classes(self) -> str:
        """What the style sheet calls this place; where there is one column, it says nothing."""
        wide = f"x{self.column} y{self.row} w{self.columns} h{self.rows}"
        return wide if self.narrow == 1 else f"{wide} m{self.narrow}"


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in the order of their tiles: each cell of `tracks` x `rows` is one tile's.

    `columns` is how many tiles of 1x1 stand beside each other where the fewest do not.
    """

    tracks: int
    columns: int
    rows: int
    places: tuple[Place, ...]


def lay_out(tiles: Sequence[Tile]) -> Layout:
    """Return the layout that changes the tiles' sizes least and their shape is pleasantest in.

    Tiles are as large as they ask for, and larger where a cell beside them would be empty. The
    last rows, where they hold tiles of 1x1 alone, have as many tiles as each other, or one more.
    """
    sizes = [(tile.columns, tile.rows) for tile in tiles]
    widest = max((columns for columns, _ in sizes), default=1)
    columns = min(_fitting(sizes, widest), key=lambda n: _cost(sizes, n))
    tracks, spots = _filled(pack(sizes, columns), columns)
    narrow = grown(pack([(min(w, NARROW), h) for w, h in sizes], NARROW), NARROW, down=False)
    places = tuple(
        Place(tile, spot.x + 1, spot.y + 1, spot.width, spot.height, small.width)
        for tile, spot, small in zip(tiles, spots, narrow, strict=True)
    )
    return Layout(tracks, columns, max(1, rows_of(spots)), places)


def _fitting(sizes: Sequence[tuple[int, int]], widest: int) -> Sequence[int]:
    """Return how many columns there may be: so many that the rows fit a screen."""
    for most in range(max(widest, MOST_COLUMNS), _MOST_OF_MANY + 1):
        few = [n for n in range(widest, most + 1) if rows_of(pack(sizes, n)) <= MOST_ROWS]
        if few:
            return few
    return [_MOST_OF_MANY]


def _cost(sizes: Sequence[tuple[int, int]], columns: int) -> float:
    """Return how far tiles are from what they ask for: by what is to be filled, and by shape."""
    if not sizes:
        return columns
    spots = pack(sizes, columns)
    rows, free = rows_of(spots), _first_free(spots)
    asked = sum(width * height for width, height in sizes)
    above = sum(spot.width * spot.height for spot in spots if spot.y < free)
    holes = columns * free - above
    spare = columns * rows - asked - holes
    shape = SCREEN * rows * rows / asked
    cost = (2 * holes + spare / 4) / (columns * rows) + abs(log(shape / PLEASANT))
    last = asked - above
    return cost + max(0, columns * (rows - free) / last - _WIDE) if last else cost


def _first_free(spots: Sequence[Rectangle]) -> int:
    """Return the row from which on there are tiles of 1x1 alone."""
    return max((s.y + s.height for s in spots if (s.width, s.height) != (1, 1)), default=0)


def _filled(spots: Sequence[Rectangle], columns: int) -> tuple[int, list[Rectangle]]:
    """Return into how many tracks the columns are cut, and the tiles in these, without a hole."""
    free, rows = _first_free(spots), rows_of(spots)
    last = [number for number, spot in enumerate(spots) if spot.y >= free]
    counts = _even(len(last), rows - free)
    tracks = lcm(columns, *counts)
    if tracks > MOST_TRACKS or len(last) == columns * (rows - free):
        return columns, grown(spots, columns)
    above = iter(grown([spot for spot in spots if spot.y < free], columns))
    beside = [(free + row, n, count) for row, count in enumerate(counts) for n in range(count)]
    below = iter(
        Rectangle(n * tracks // count, row, tracks // count, 1) for row, n, count in beside
    )
    cut = tracks // columns
    return tracks, [
        next(below)
        if spot.y >= free
        else (it := next(above))._replace(x=it.x * cut, width=it.width * cut)
        for spot in spots
    ]


def _even(count: int, rows: int) -> list[int]:
    """Return how many of `count` tiles each row has: the first rows have the fewest."""
    return [(count + row) // rows for row in range(rows)]
