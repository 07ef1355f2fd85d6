"""Imports run one way: producers → log → widgets → live → pages. This keeps it so."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

ROOMS = [
    ["producers"],
    [
        "dashboard.body_limit",
        "dashboard.conf",
        "dashboard.descriptors",
        "dashboard.embeds.origins",
        "dashboard.headers",
        "dashboard.models",
        "dashboard.problems",
    ],
    ["dashboard.log"],
    ["dashboard.pictures"],
    ["dashboard.widgets"],
    ["dashboard.tiles", "dashboard.tile_specs", "dashboard.layout", "dashboard.tile_checks"],
    ["dashboard.drawing", "dashboard.trouble", "dashboard.snippets"],
    ["dashboard.live"],
    [
        "dashboard.lane",
        "dashboard.lane_request",
        "dashboard.tickets",
        "dashboard.access",
        "dashboard.embeds.addresses",
        "dashboard.embeds.cors",
        "dashboard.embeds.frame",
        "dashboard.embeds.holders",
        "dashboard.embeds.making",
        "dashboard.embeds.snippets",
        "dashboard.embeds.style",
        "dashboard.embeds.uses",
        "dashboard.ingest.credentials",
        "dashboard.ingest.rates",
        "dashboard.ingest.sealing",
        "dashboard.ingest.senders",
        "dashboard.ingest.tokens",
        "dashboard.ingest.webhook_secrets",
    ],
    ["dashboard.runtime", "dashboard.readiness", "dashboard.access.door"],
    ["dashboard.ingest", "dashboard.pictures.view"],
    ["dashboard.viewers", "dashboard.access.pages", "dashboard.access.views"],
    [
        "dashboard.streams",
        "dashboard.pages",
        "dashboard.producer_page",
        "dashboard.health",
        "dashboard.embeds",
        "dashboard.embeds.listing",
        "dashboard.embeds.oembed",
        "dashboard.embeds.pages",
        "dashboard.embeds.still",
        "dashboard.embeds.stills",
        "dashboard.embeds.tags",
        "dashboard.embeds.listing_views",
        "dashboard.embeds.sharing_form",
        "dashboard.embeds.sharing_pages",
        "dashboard.embeds.sharing_rights",
        "dashboard.embeds.sharing_views",
    ],
    ["dashboard.templatetags"],
    ["dashboard.admin", "dashboard.credential_admin", "dashboard.embed_admin"],
    ["dashboard.lifespan", "dashboard.early_drain"],
    ["dashboard.checks", "dashboard.deploy_checks", "dashboard.urls", "dashboard.apps"],
    ["site_config"],
    ["dashboard.server", "dashboard.doctor"],
    ["dashboard.management"],
]
"""From where data comes to where it goes; a room may import from its own row and those above."""


def sources() -> Iterator[Path]:
    for package in ("producers", "dashboard", "site_config"):
        yield from sorted((ROOT / package).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def row_of(module: str) -> int:
    best, found = -1, -1
    for row, rooms in enumerate(ROOMS):
        for room in rooms:
            if (module == room or module.startswith(room + ".")) and len(room) > best:
                best, found = len(room), row
    return found


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                is_module = (ROOT / Path(*full.split("."))).with_suffix(".py").exists()
                yield (full if is_module else str(node.module)), node.lineno


@pytest.mark.parametrize("path", list(sources()), ids=module_of)
def test_imports_never_point_back(path: Path) -> None:
    module = module_of(path)
    if module in ("dashboard", "dashboard.migrations") or ".migrations." in module:
        return
    row = row_of(module)
    assert row >= 0, f"{module} has no room in this test; give it one"

    for imported, line in imports_of(path):
        if imported.split(".")[0] in ("producers", "dashboard", "site_config"):
            target = row_of(imported)
            assert target >= 0, f"{path}:{line}: {imported} has no room"
            assert target <= row, f"{path}:{line}: {module} imports {imported}, against the flow"


@pytest.mark.parametrize("path", list(sources()), ids=module_of)
def test_every_file_says_its_one_job_in_its_first_line(path: Path) -> None:
    text = path.read_text()

    if text.strip() and "migrations" not in path.parts:
        assert re.match(r'(#!.*\n)?"""[^\n]{10,}', text), f"{path} does not begin with a docstring"


@pytest.mark.parametrize("path", list(sources()), ids=module_of)
def test_no_file_has_grown_a_second_job(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250, f"{path} is over 250 lines: split it"


CLIENTS = {"urllib.request", "http.client", "ftplib", "smtplib", "requests", "httpx", "aiohttp"}


@pytest.mark.parametrize("path", list(sources()), ids=module_of)
def test_the_wall_fetches_nothing_that_others_name(path: Path) -> None:
    """So that nobody can make it ask other servers: a camera's source is the operator's own."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{name}" for name in names] + [str(node.module)]
        assert CLIENTS.isdisjoint(names), f"{path}:{node.lineno} imports an HTTP client"


def test_no_javascript_of_our_own() -> None:
    scripts = [
        path
        for pattern in ("*.js", "*.mjs", "*.ts")
        for path in ROOT.rglob(pattern)
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        and "var" not in path.relative_to(ROOT).parts
    ]
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|</script>[^<]*[^\s<]|\son[a-z]+=|hx-on|javascript:|js:\{|<style|\sstyle="
    )

    assert scripts == []
    for template in (ROOT / "templates").rglob("*.html"):
        assert inline.findall(template.read_text()) == [], template
