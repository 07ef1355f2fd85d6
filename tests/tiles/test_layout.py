"""How many columns a wide screen gets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.tiles.config import Tile
from dashboard.tiles.layout import MOST_COLUMNS, Layout, lay_out
from dashboard.widgets.feed import FeedWidget


def laid(*sizes: str) -> Layout:
    tiles = []
    for number, size in enumerate(sizes):
        columns, rows = map(int, size.split("x"))
        tiles.append(Tile(f"t{number}", "p", FeedWidget(), "t", columns, rows))
    return lay_out(tiles)


@pytest.mark.parametrize(
    ("sizes", "columns"),
    [
        (["1x1"], 1),
        (["1x1"] * 2, 2),
        (["1x1"] * 4, 2),
        (["2x1", "1x1", "1x1", "2x1"], 3),
        (["1x1"] * 6, 3),
        (["1x1"] * 12, 4),
        ([], 1),
    ],
)
def test_columns_keep_tiles_in_a_pleasant_shape(sizes: list[str], columns: int) -> None:
    assert laid(*sizes).columns == columns


def test_many_tiles_are_small_so_that_they_fit_a_screen() -> None:
    layout = laid(*["1x1"] * 40)

    assert (layout.columns, layout.has_many) == (7, True)
    assert not laid(*["1x1"] * 24).has_many


def test_tiles_keep_their_order_and_their_sizes() -> None:
    layout = laid("2x1", "1x1", "1x1", "2x1")

    assert [place.tile.id for place in layout.places] == ["t0", "t1", "t2", "t3"]
    assert [(place.columns, place.rows) for place in layout.places] == [
        (2, 1),
        (1, 1),
        (1, 1),
        (2, 1),
    ]


@pytest.mark.parametrize(
    ("count", "last"), [(3, [2]), (10, [2, 2]), (11, [1, 1, 2]), (5, [1, 2]), (7, [3])]
)
def test_a_last_row_that_would_end_empty_is_shared(count: int, last: list[int]) -> None:
    places = laid(*["1x1"] * count).places

    assert [place.columns for place in places][-len(last) :] == last
    assert all(place.columns == 1 for place in places[: -len(last)])


def test_a_gap_beside_a_tall_tile_is_left_alone() -> None:
    layout = laid("1x2", "1x1", "1x2")

    assert [(place.columns, place.rows) for place in layout.places] == [(1, 2), (1, 1), (1, 2)]


@settings(deadline=None)  # this machine may be busy
@given(
    st.lists(st.sampled_from([f"{w}x{h}" for w in range(1, 5) for h in range(1, 5)]), max_size=20)
)
def test_no_tile_is_wider_than_the_grid_nor_smaller_than_it_asked(sizes: list[str]) -> None:
    layout = laid(*sizes)

    assert 1 <= layout.columns <= (10 if layout.has_many else MOST_COLUMNS)
    for place in layout.places:
        assert place.tile.columns <= place.columns <= layout.columns
        assert place.rows == place.tile.rows
