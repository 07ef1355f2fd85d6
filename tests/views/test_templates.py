"""What no template and no style sheet may hold, under our content security policy."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from dashboard.tiles.layout import MOST_COLUMNS, MOST_ROWS, MOST_TRACKS
from dashboard.widgets import progress, status, table, text
from dashboard.widgets.levels import WORST_FIRST
from dashboard.widgets.metrics import ROWS
from dashboard.widgets.number import WIDTHS
from tests.support.drawn import Page

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
CSS = Path(str(finders.find("dashboard/wall.css")))
WIDGETS_CSS, GRID_CSS = CSS.with_name("widgets.css"), CSS.with_name("grid.css")
SHEETS = sorted(CSS.parent.glob("*.css"))
ICON = Path(str(finders.find("dashboard/icon.svg")))


@pytest.fixture(params=TEMPLATES, ids=lambda path: path.name)
def template(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_no_inline_script_style_or_handler(template: Path) -> None:
    page = Page(re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", template.read_text(), flags=re.DOTALL))

    assert not page.all("style")
    assert all("src" in script for script in page.all("script"))
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert name != "style", f"{template.name}: {tag}"
            assert not name.startswith(("on", "hx-on")), f"{template.name}: {tag} {name}"
            assert not value.strip().lower().startswith(("javascript:", "data:")), value


def test_nothing_comes_from_another_host(template: Path) -> None:
    assert not re.search(r"""(src|href|url\()\s*=?\s*["']?(https?:)?//""", template.read_text())


def test_autoescape_is_never_turned_off(template: Path) -> None:
    source = template.read_text()

    assert "|safe" not in source
    assert "autoescape" not in source


def test_a_projects_own_templates_can_hide_none_that_ours_are_made_of() -> None:
    """Where the admin is, its frame is the project's."""
    ours = [path for path in TEMPLATES if "dashboard" in path.parts[-4:]]
    named = [
        name
        for path in ours
        for name in re.findall(r"{% (?:extends|include) \"([^\"]+)\"", path.read_text())
    ]

    assert len(named) > 20
    assert {name for name in named if not name.startswith("dashboard/")} == {"admin/base_site.html"}


def test_only_htmx_and_its_sse_extension_are_loaded() -> None:
    everything = "".join(path.read_text() for path in TEMPLATES)

    assert re.findall(r"<script src=\"{% static '([^']+)'", everything) == [
        "django_htmx/htmx-2.min.js",
        "django_htmx/ext/hx-sse-2.min.js",
    ]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_is_small_and_asks_no_one(sheet: Path) -> None:
    css = sheet.read_text()

    assert len(css.encode()) <= 20 * 1024
    assert "@import" not in css
    assert "url(" not in css
    assert css.count("{") == css.count("}")


def test_the_style_follows_the_viewers_preferences() -> None:
    css = CSS.read_text()

    assert "prefers-color-scheme" in css
    assert "prefers-reduced-motion" in css


def test_every_width_and_count_that_widgets_name_has_a_size() -> None:
    css = CSS.read_text()
    default_width, default_rows = 6, 6

    for width in WIDTHS:
        assert width == default_width or f".ch{width} " in css
    for count in range(2, ROWS + 1):
        assert count == default_rows or re.search(rf"\.n{count}\b", css)
    widgets = WIDGETS_CSS.read_text()
    for rows in {*status.ROWS, *table.ROWS, *progress.ROWS, *text.ROWS}:
        assert f".r{rows} {{" in widgets
    for level in WORST_FIRST:
        assert f".is-{level} {{--level:" in widgets


def test_every_place_of_the_layout_is_known_to_the_style() -> None:
    grid = GRID_CSS.read_text()

    assert all(f".c{count} {{--cols:" in grid for count in range(1, MOST_COLUMNS + 1))
    assert all(f".{what}{n} {{" in grid for what in "xw" for n in range(1, MOST_TRACKS + 1))
    assert all(f".{what}{n} {{" in grid for what in "yh" for n in range(1, MOST_ROWS + 1))


def test_the_icon_is_an_image_and_nothing_more() -> None:
    assert "<script" not in ICON.read_text()
    assert "href" not in ICON.read_text()


# Text on what is behind it, in both schemes: WCAG 2.2 AA asks 4.5, for large text 3.
PAIRS = [
    ("--ink", "--tile", 7),
    ("--dim", "--tile", 4.5),
    ("--dim", "--bg", 4.5),
    ("--ink", "--well", 7),
    ("--accent", "--tile", 4.5),
    ("--warn", "--tile", 4.5),
    ("--error", "--tile", 4.5),
    ("--ok", "--bg", 3),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_text_stands_out(scheme: str, text: str, ground: str, least: float) -> None:
    light, dark = CSS.read_text().split("prefers-color-scheme:dark", 1)
    colours = dict(re.findall(r"(--[a-z]+):(#[0-9a-f]{3,8})", light))
    if scheme == "dark":
        colours |= dict(re.findall(r"(--[a-z]+):(#[0-9a-f]{3,8})", dark))

    assert contrast(colours[text], colours[ground]) >= least


@pytest.mark.parametrize(("text", "ground"), [("#1c1300", "#f2b21b"), ("#fff", "#b92f08")])
def test_trouble_stands_out(text: str, ground: str) -> None:
    assert text in CSS.read_text()
    assert ground in CSS.read_text()
    assert contrast(text, ground) >= 4.5


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) > 4 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
