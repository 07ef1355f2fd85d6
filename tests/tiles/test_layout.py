"""Where tiles stand on a wide screen: all of it is filled, and none is stretched out of shape."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.tiles.config import Tile
from dashboard.tiles.layout import MOST_ROWS, MOST_TRACKS, Layout, lay_out
from dashboard.widgets.feed import FeedWidget


def laid(*sizes: str) -> Layout:
    tiles = []
    for number, size in enumerate(sizes):
        columns, rows = map(int, size.split("x"))
        tiles.append(Tile(f"t{number}", "p", FeedWidget(), "t", columns, rows))
    return lay_out(tiles)


def picture(layout: Layout) -> list[str]:
    """Return the rows of the grid: a letter for each tile, a dot where there is none."""
    rows = [["."] * layout.tracks for _ in range(layout.rows)]
    for letter, place in zip("abcdefghijklmnopqrstuvwxyz", layout.places, strict=False):
        for y in range(place.row - 1, place.row - 1 + place.rows):
            for x in range(place.column - 1, place.column - 1 + place.columns):
                assert rows[y][x] == ".", f"two tiles at {x}, {y}"
                rows[y][x] = letter
    return ["".join(row) for row in rows]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        (["1x1"], ["a"]),
        (["1x1"] * 2, ["ab"]),
        (["1x1"] * 4, ["ab", "cd"]),
        (["1x1"] * 5, ["aaabbb", "ccddee"]),
        (["1x1"] * 6, ["abc", "def"]),
        (["1x1"] * 7, ["aaaabbbbcccc", "dddeeefffggg"]),
        (["1x1"] * 8, ["aaabbb", "ccddee", "ffgghh"]),
        (["1x1"] * 12, ["abcd", "efgh", "ijkl"]),
        (["2x1", "1x1", "1x1", "2x1"], ["aab", "cdd"]),
        (["2x2"], ["aa", "aa"]),
        (["2x2", "1x1"], ["aab", "aab"]),
        (["2x2", *["1x1"] * 6], ["aabc", "aade", "ffgg"]),
        (["1x2", "1x1", "1x2"], ["abc", "abc"]),
    ],
)
def test_rows_are_of_even_weight_and_no_cell_is_empty(
    sizes: list[str], expected: list[str]
) -> None:
    assert picture(laid(*sizes)) == expected


def test_an_empty_wall_has_one_cell() -> None:
    layout = laid()

    assert (layout.tracks, layout.rows, layout.places) == (1, 1, ())


def test_many_tiles_are_small_so_that_they_fit_a_screen() -> None:
    few, many = laid(*["1x1"] * 24), laid(*["1x1"] * 40)

    assert (few.columns, few.rows) == (6, 4)
    assert (many.columns, many.rows) == (8, 5)


@pytest.mark.parametrize("count", range(1, 25))
def test_no_tile_is_stretched_to_more_than_twice_its_neighbours(count: int) -> None:
    layout = laid(*["1x1"] * count)

    assert not any("." in row for row in picture(layout))
    widths = {place.columns for place in layout.places}
    assert max(widths) <= 2 * min(widths)


def test_where_there_are_two_columns_none_stays_beside_a_hole() -> None:
    layout = laid("1x1", "2x1", "1x1", "1x1")

    assert [place.narrow for place in layout.places] == [1, 2, 1, 2]
    assert layout.places[3].classes.endswith(" m2")


@settings(deadline=None)  # this machine may be busy
@given(
    st.lists(st.sampled_from([f"{w}x{h}" for w in range(1, 5) for h in range(1, 5)]), max_size=20)
)
def test_no_tile_is_smaller_than_it_asked_nor_outside_of_the_grid(sizes: list[str]) -> None:
    layout = laid(*sizes)

    assert 1 <= layout.columns <= 10
    assert layout.rows <= MOST_ROWS or layout.columns == 10
    assert layout.tracks <= MOST_TRACKS
    assert layout.tracks % layout.columns == 0
    picture(layout)  # none on another one, none outside
    for place in layout.places:
        assert place.columns * layout.columns >= place.tile.columns * layout.tracks
        assert place.rows >= place.tile.rows
