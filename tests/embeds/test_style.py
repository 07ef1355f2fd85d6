"""The style sheets: themes are those of the wall, and /embed.css keeps to its element."""

import re
from pathlib import Path

from dashboard.embeds.style import scoped_style

FOLDER = Path(__file__).parents[2] / "dashboard" / "static" / "dashboard"
_VARIABLES = re.compile(
    r"(--(?:bg|tile|well|ink|dim|line|accent|soft|warn|error|ok|amber|red|hatch|veil)):(#\w+);"
)


def variables(css: str, start: str) -> dict[str, str]:
    block = css[css.index(start) :]
    return dict(_VARIABLES.findall(block[: block.index("}")]))


def test_the_themes_have_the_colours_of_the_wall() -> None:
    wall, themes = ((FOLDER / name).read_text() for name in ("wall.css", "themes.css"))

    light = variables(wall, ":root {")
    dark = light | variables(wall, "@media (prefers-color-scheme:dark)")

    assert len(light) == 15
    assert variables(themes, ".light {") == light
    assert light | variables(themes, ".dark {") == dark


def test_nothing_is_said_of_the_page_that_it_is_used_in() -> None:
    css = scoped_style()

    assert css.startswith("@scope (.eventwall) {")
    assert css.count("{") == css.count("}")
    assert not re.search(r"^\s*(:root|html) ?\{", css, re.MULTILINE)
    assert "--accent" in css[: css.index("@media")]
