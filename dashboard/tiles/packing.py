"""Packing: rectangles put into a grid one after the other, and made larger where it stays empty."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

Cell: TypeAlias = tuple[int, int]
"""Row and column, from 0."""


class Rectangle(NamedTuple):
    """Cells of a grid, from row `y` and column `x` on."""

    x: int
    y: int
    width: int
    height: int


def pack(sizes: Sequence[tuple[int, int]], columns: int) -> list[Rectangle]:
    """Place each (width, height) where CSS's `grid-auto-flow: dense` does."""
    taken: set[Cell] = set()
    spots: list[Rectangle] = []
    free = (0, 0)
    for width, height in sizes:
        # None begins before the first cell that is free.
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
        spots.append(Rectangle(column, row, width, height))
    return spots


def rows_of(spots: Sequence[Rectangle]) -> int:
    """Return how many rows the rectangles reach over."""
    return max((spot.y + spot.height for spot in spots), default=0)


def grown(spots: Sequence[Rectangle], columns: int, *, down: bool = True) -> list[Rectangle]:
    """Return the rectangles, each grown over cells beside it that nobody has; the last ones first,
    by one row or column at a time, so that those that are next to a hole share it."""
    grown = list(spots)
    taken = {cell for spot in spots for cell in _cells_of(spot)}
    rows, went_on = rows_of(spots), True
    while went_on and len(taken) < rows * columns:
        went_on = False
        for number in reversed(range(len(grown))):
            for larger in _larger(grown[number], down=down):
                more = _cells_of(larger) - _cells_of(grown[number])
                inside = all(0 <= y < rows and 0 <= x < columns for y, x in more)
                if inside and more.isdisjoint(taken):
                    taken |= more
                    grown[number] = larger
                    went_on = True
                    break
    return grown


def _larger(spot: Rectangle, *, down: bool) -> list[Rectangle]:
    """Return it with a column or a row more, on each of its sides."""
    wider = spot._replace(width=spot.width + 1)
    ways = [wider, wider._replace(x=spot.x - 1)]
    if down:
        taller = spot._replace(height=spot.height + 1)
        ways += [taller, taller._replace(y=spot.y - 1)]
    return ways


def _cells_of(spot: Rectangle) -> set[Cell]:
    return _cells(spot.y, spot.x, spot.width, spot.height)


def _cells(row: int, column: int, width: int, height: int) -> set[Cell]:
    return {(row + y, column + x) for y in range(height) for x in range(width)}
