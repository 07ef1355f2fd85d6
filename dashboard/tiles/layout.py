"""Layout: how many columns a wide screen gets, so that the tiles fill it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from dashboard.tiles.config import Tile

MOST_COLUMNS: Final = 6
"""Narrower than a sixth of a wide screen no tile is read from across the room."""
MANY: Final = 24
"""Tiles beyond which so many rows would be taller than the screen: then they are small."""
_MOST_OF_MANY: Final = 10

SCREEN: Final = 16 / 9
PLEASANT: Final = 1.4
"""Width over height that a tile of 1x1 should come near to."""


@dataclass(frozen=True, slots=True)
class Place:
    """A tile and the cells it gets; at least its own size."""

    tile: Tile
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in the order of their tiles, for a grid of `columns` that is filled densely."""

    columns: int
    places: tuple[Place, ...]
    has_many: bool = False


def lay_out(tiles: Sequence[Tile]) -> Layout:
    """Return the layout that wastes least and keeps tiles nearest to a pleasant shape.

    When the last row would end empty, its tiles share what is left.
    """
    sizes = [(tile.columns, tile.rows) for tile in tiles]
    widest = max((columns for columns, _ in sizes), default=1)
    has_many = len(sizes) > MANY
    most = max(widest, _MOST_OF_MANY if has_many else MOST_COLUMNS)
    columns = min(range(widest, most + 1), key=lambda n: _cost(sizes, n))
    shared = _share_last_row(sizes, columns)
    places = tuple(Place(tile, *size) for tile, size in zip(tiles, shared, strict=True))
    return Layout(columns, places, has_many)


def _cost(sizes: Sequence[tuple[int, int]], columns: int) -> float:
    _, rows = _pack(sizes, columns)
    cells = columns * max(rows, 1)
    empty = cells - sum(width * height for width, height in sizes)
    shape = SCREEN * max(rows, 1) / columns
    return empty / cells + abs(log(shape / PLEASANT))


def _pack(sizes: Sequence[tuple[int, int]], columns: int) -> tuple[list[tuple[int, int]], int]:
    """Place each size where CSS's `grid-auto-flow: dense` does; return (row, column)s, and rows."""
    taken: set[tuple[int, int]] = set()
    spots: list[tuple[int, int]] = []
    bottom = 0
    free = (0, 0)
    for width, height in sizes:
        # No tile begins before the first cell that is free.
        while free in taken:
            free = (free[0], free[1] + 1) if free[1] + 1 < columns else (free[0] + 1, 0)
        row, column = free
        if column + width > columns:
            row, column = row + 1, 0
        while not (cells := _cells(row, column, width, height)).isdisjoint(taken):
            column += 1
            if column + width > columns:
                row, column = row + 1, 0
        taken |= cells
        spots.append((row, column))
        bottom = max(bottom, row + height)
    return spots, bottom


def _cells(row: int, column: int, width: int, height: int) -> set[tuple[int, int]]:
    return {(row + y, column + x) for y in range(height) for x in range(width)}


def _share_last_row(sizes: list[tuple[int, int]], columns: int) -> list[tuple[int, int]]:
    spots, rows = _pack(sizes, columns)
    last = [index for index, (row, _) in enumerate(spots) if row == rows - 1]
    reaching = sum(
        1 for (row, _), (_, height) in zip(spots, sizes, strict=True) if row + height == rows
    )
    left = columns - sum(sizes[index][0] for index in last)
    # Tiles that reach down from above leave gaps whose place only the packing knows.
    if not last or left <= 0 or reaching != len(last):
        return sizes
    shared = list(sizes)
    for turn in range(left):
        index = last[-1 - turn % len(last)]
        shared[index] = (shared[index][0] + 1, 1)
    return shared
