"""The house: its rooms in the order in which data flows, and what stands in each.

`python -m tests.support.rooms` (`make rooms`) writes the table of files in docs/architecture.md.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCUMENT: Final = ROOT / "docs" / "architecture.md"

FLOW: Final = (
    "producers",
    "dashboard.conf",
    "dashboard.models",
    "dashboard.lru",
    "dashboard.http",
    "dashboard.log",
    "dashboard.history",
    "dashboard.pictures",
    "dashboard.widgets",
    "dashboard.tiles",
    "dashboard.live",
    "dashboard.access",
    "dashboard.ingest",
    "dashboard.embeds",
    "dashboard.gallery",
    "dashboard.wall",
    "dashboard.views",
    "dashboard.templatetags",
    "dashboard.urls",
    "dashboard.asgi",
    "dashboard.admin",
    "dashboard.ops",
    "dashboard.apps",
    "dashboard.management",
    "site_config",
)
"""A room imports from the rooms above it, never from those below."""

FRONT_DOOR: Final = "dashboard"
"""The package itself: what other projects' code imports. It stands in no room, and no room imports
it."""

_TABLES: Final = re.compile(r"(?<=<!-- rooms -->\n).*(?=<!-- /rooms -->)", re.DOTALL)


def sources() -> Iterator[Path]:
    """Yield every Python file of the house but migrations and empty ones."""
    for package in ("producers", "dashboard", "site_config"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and path.read_text().strip():
                yield path


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """Return the room that a module stands in: a folder or a loose file of dashboard/."""
    package, _, rest = module.partition(".")
    return f"{package}.{rest.partition('.')[0]}" if package == "dashboard" and rest else package


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each module of the house that a file imports, wherever in it, and the line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            names = [_imported(str(node.module), alias.name) for alias in node.names]
        else:
            continue
        for name in names:
            if name.partition(".")[0] in ("producers", "dashboard", "site_config"):
                yield name, node.lineno


def _imported(module: str, name: str) -> str:
    """Return what `from module import name` imports from: a module of the package, or itself."""
    place = ROOT.joinpath(*module.split("."), name)
    return f"{module}.{name}" if place.with_suffix(".py").exists() or place.is_dir() else module


def first_line(path: Path) -> str:
    """Return what a file says of itself, without the full stop."""
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    return text.partition("\n")[0].rstrip(".").replace("|", "\\|")


def tables() -> str:
    """Return a section per room, with the first line of each of its files."""
    rooms: dict[str, list[Path]] = {}
    for path in sources():
        rooms.setdefault(room_of(module_of(path)), []).append(path)
    parts = []
    for room in FLOW:
        files = rooms[room]
        folder = ROOT.joinpath(*room.split("."))
        heading = f"{folder.relative_to(ROOT)}/" if folder.is_dir() else f"{room.split('.')[1]}.py"
        package = folder / "__init__.py"
        said = f"{first_line(package)}.\n\n" if package in files else ""
        rows = [
            f"| `{path.relative_to(ROOT)}` | {first_line(path)} |"
            for path in files
            if path != package
        ]
        table = "\n".join(["| File | In its own words |", "|---|---|", *rows])
        parts.append(f"### {heading}\n\n{said}{table}\n")
    return "\n" + "\n".join(parts) + "\n"


def written(document: str) -> str:
    """Return the document with the tables as they are now."""
    return _TABLES.sub(lambda _: tables(), document)


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
