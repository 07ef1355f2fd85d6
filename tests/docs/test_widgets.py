"""docs/widgets.md has each widget, with its options and its picture, and teaches one that works."""

import re
from typing import Any

import pytest
from django.template import engines

from dashboard.widgets.base import Widget
from dashboard.widgets.levels import WORST_FIRST, level_of
from dashboard.widgets.registry import WIDGETS
from tests.support.documents import ROOT, block, cell, rows, section
from tests.support.drawn import Page, entries
from tests.support.gallery import FOLDER, PICTURED

DOCUMENT = ROOT / "docs" / "widgets.md"
MOST_BYTES, MOST_OF_ALL = 60_000, 500_000


@pytest.mark.parametrize("name", WIDGETS)
def test_each_widget_has_a_section_with_its_options(name: str) -> None:
    told = section("docs/widgets.md", name)

    options = re.search(r"^Options: (.*?)[.:]", told, re.MULTILINE)
    assert options is not None
    assert re.findall(r"`(\w+)`", options[1]) == list(WIDGETS[name].Options.model_fields)
    assert (f"![A tile with widget {name}](widgets/{name}.png)" in told) is (name in PICTURED)


def test_the_sections_are_those_of_widgets_in_order() -> None:
    after = DOCUMENT.read_text().partition("\n## The widgets\n")[2]

    assert re.findall(r"^### (.+)$", after, re.MULTILINE) == sorted(WIDGETS)


def test_the_pictures_are_there_and_small() -> None:
    sizes = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}

    assert sorted(sizes) == sorted(PICTURED)
    assert max(sizes.values()) <= MOST_BYTES
    assert sum(sizes.values()) <= MOST_OF_ALL


def test_the_levels_mean_what_is_said_of_them() -> None:
    table = rows("docs/widgets.md", "Levels")

    assert [cell(row) for row in table] == list(WORST_FIRST)
    for row in table:
        words = re.findall(r"`([^`]+)`", row.split("|")[3])
        assert words
        assert {level_of(word) for word in words} == {cell(row)}


def test_the_widget_that_it_teaches_works() -> None:
    names: dict[str, Any] = {}
    exec(block(DOCUMENT, "python", "class DiceWidget"), names)
    kind: type[Widget] = names["DiceWidget"]
    template = engines["django"].from_string(block(DOCUMENT, "html", "widgets/dice.html"))

    shown = kind(kind.Options.model_validate({"sides": 3})).context(
        entries([{"value": v} for v in (1, 3, 3)])
    )

    assert shown == {"value": 3, "counts": [1, 0, 2]}
    assert Page(template.render(shown)).text == "3 1: 12: 03: 2"
