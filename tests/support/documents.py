"""The project's Markdown, read: fenced blocks, sections, and the rows of tables."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = ROOT / "README.md"
DETECTIONS: Final = ROOT / "docs" / "detections.md"

FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CELL: Final = re.compile(r"^\| *`([^`]+)` *\|", re.MULTILINE)
"""The first cell of a row, if it is code."""


def prose(document: Path) -> str:
    """Return a document without its fenced blocks."""
    return FENCE.sub("", document.read_text())


def blocks(document: Path, language: str) -> list[str]:
    """Return the fenced blocks of `language`."""
    return [text for name, text in FENCE.findall(document.read_text()) if name == language]


def block(document: Path, language: str, holding: str) -> str:
    """Return the one block of `language` that holds `holding`."""
    (found,) = [text for text in blocks(document, language) if holding in text]
    return found


def section(document: str, heading: str) -> str:
    """Return what stands under a heading, up to the next heading of any level."""
    text = prose(ROOT / document)
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert heading in found, f"{document} has no heading {heading!r}; it has {list(found)}"
    return found[heading]


def rows(document: str, heading: str) -> list[str]:
    """Return the rows of the tables under a heading whose first cell is code."""
    return [line for line in section(document, heading).splitlines() if CELL.match(line)]


def cell(row: str) -> str:
    """Return the code in the first cell of a row."""
    found = CELL.match(row)
    assert found is not None
    return found[1]
