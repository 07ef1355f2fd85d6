"""TextWidget: the latest text, as Markdown: an announcement, a rota, a note with links."""

from collections.abc import Sequence
from typing import Any, Final
from unicodedata import east_asian_width

from pydantic import Field

from dashboard.log.base import Entry
from dashboard.widgets.base import Widget
from dashboard.widgets.compact import clip
from dashboard.widgets.latest import rows_for
from dashboard.widgets.markdown import html_of, words_of

TEXT_LENGTH: Final = 4_000
"""Characters of a text that a tile draws; the producer's page has the rest."""

ROWS: Final = (1, 2, 3, 4, 5, 6, 8, 10)
"""The counts of lines that the style sheet has a size for; more are cut off."""

_WIDTH: Final = 38
"""Columns of a line, as far as text can be reckoned; wide characters take two."""

_LINE: Final = 46
_LINES: Final = 7
"""Characters and lines that a still has room for."""


class TextWidget(Widget):
    """Draws the newest text there is. What looks like HTML in it is text, pictures are words."""

    class Options(Widget.Options):
        field: str = Field("text", min_length=1, description="where the text is")
        markdown: bool = Field(
            True, description="whether it is Markdown; else it is shown as it is"
        )

    template_name = "dashboard/widgets/text.html"
    depth = 20
    size = "2x1"

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        said = (entry.event.data.get(self.options.field) for entry in reversed(entries))
        text = next((text for text in said if isinstance(text, str) and text.strip()), None)
        if text is None:
            return {"missing": self.options.field}
        text = clip(text.strip(), TEXT_LENGTH)
        words = words_of(text) if self.options.markdown else text
        return {
            "html": html_of(text) if self.options.markdown else "",
            "text": text,
            "lines": [clip(line, _LINE) for line in words.splitlines() if line.strip()][:_LINES],
            "rows": rows_for(_lines(words), ROWS),
        }


def _lines(words: str) -> int:
    """Return how many lines a text takes, roughly."""
    lines = 0
    for line in words.splitlines():
        width = sum(1 + (east_asian_width(character) in "WF") for character in line)
        lines += -(-width // _WIDTH)
    return lines
