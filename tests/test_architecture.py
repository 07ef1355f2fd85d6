"""The house stands: rooms in the order of the flow, imports that never point back, small files."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.rooms import FLOW, FRONT_DOOR, ROOT, imports_of, module_of, room_of, sources

MOST_ROOMS = 26


def test_the_rooms_are_those_of_the_flow_and_few() -> None:
    there = {room_of(module_of(path)) for path in sources()} - {FRONT_DOOR}

    assert sorted(there) == sorted(FLOW)
    assert len(there) <= MOST_ROOMS


@pytest.mark.parametrize("path", list(sources()), ids=module_of)
def test_imports_never_point_back(path: Path) -> None:
    room = room_of(module_of(path))

    for imported, line in imports_of(path):
        to = room_of(imported)
        assert to != FRONT_DOOR, f"{path}:{line} imports what is for other projects"
        assert room in (to, FRONT_DOOR) or FLOW.index(to) < FLOW.index(room), (
            f"{path}:{line}: {room} imports {imported}, against the flow"
        )


@pytest.mark.parametrize("path", list(sources()), ids=module_of)
def test_every_file_says_its_one_job_in_its_first_line(path: Path) -> None:
    text = path.read_text()

    assert re.match(r'(#!.*\n)?"""[^\n]{10,}', text), f"{path} does not begin with a docstring"


@pytest.mark.parametrize("path", list(sources()), ids=module_of)
def test_no_file_has_grown_a_second_job(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250, f"{path} is over 250 lines: split it"


CLIENTS = {"urllib.request", "http.client", "ftplib", "smtplib", "requests", "httpx", "aiohttp"}
ASKS = {"producers.fetching", "producers.event_stream"}
"""What asks other servers: for the producers whose options name them."""


@pytest.mark.parametrize("path", list(sources()), ids=module_of)
def test_the_wall_fetches_nothing_that_others_name(path: Path) -> None:
    """So that no sender can make it ask other servers: those that it asks, an operator named."""
    if module_of(path) in ASKS:
        return
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
        and not {"var", "build"} & set(path.relative_to(ROOT).parts)
    ]
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|</script>[^<]*[^\s<]|\son[a-z]+=|hx-on|javascript:|js:\{|<style|\sstyle="
    )

    assert scripts == []
    for template in (ROOT / "templates").rglob("*.html"):
        assert inline.findall(template.read_text()) == [], template
