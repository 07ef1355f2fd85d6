"""A folder of pictures is a camera that shows one after the other."""

from pathlib import Path

import pytest

from producers.vision.faults import Ended, Fault
from producers.vision.stills import Stills
from tests.support.film import SIZE, jpegs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "c.txt").write_text("no picture")
    for name, jpeg in zip(("b.JPG", "d.jpeg"), jpegs(2), strict=True):
        (tmp_path / name).write_bytes(jpeg)
    return tmp_path


def brightness(stills: Stills) -> float:
    """Return what tells the test's pictures apart."""
    image = stills.newest().image
    assert image.shape == (SIZE[1], SIZE[0], 3)
    return float(image[-4, 4].mean())


def test_pictures_come_by_name_and_begin_again(folder: Path) -> None:
    stills = Stills(folder, loop=True)

    assert [brightness(stills) > 127 for _ in range(5)] == [False, True, False, True, False]


def test_a_picture_that_cannot_be_read_is_passed_over(folder: Path) -> None:
    (folder / "a.png").write_bytes(b"\x89PNG of sorts")
    stills = Stills(folder, loop=True)

    assert [brightness(stills) > 127 for _ in range(3)] == [False, True, False]


def test_a_picture_that_was_added_comes_with_the_next_round(folder: Path) -> None:
    stills = Stills(folder, loop=True)
    brightness(stills)
    (folder / "a.jpg").write_bytes(jpegs(2)[1])

    assert [brightness(stills) > 127 for _ in range(3)] == [True, True, False]


def test_without_loop_it_ends(folder: Path) -> None:
    stills = Stills(folder / "b.JPG", loop=False)
    stills.newest()

    with pytest.raises(Ended):
        stills.newest()


@pytest.mark.parametrize("gone", [True, False])
def test_no_picture_at_all_is_a_fault(tmp_path: Path, gone: bool) -> None:
    folder = tmp_path / "pictures"
    if not gone:
        folder.mkdir()

    with pytest.raises(Fault, match="holds no picture that can be read"):
        Stills(folder, loop=True).newest()
