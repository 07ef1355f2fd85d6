"""Tables of the documents say what is in the code: problems, states, files, faults."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from dashboard.http.problems import PROBLEMS
from dashboard.live.response import HEADERS
from producers.state import Status
from tests.support.documents import CELL, ROOT, cell, rows


def test_problems_are_documented_as_they_are() -> None:
    told = [f"| `{code}` | {row.status.value} | {row.title} |" for code, row in PROBLEMS.items()]
    documented = rows("docs/ingest.md", "Problems")

    assert [" |".join(row.split(" |")[:3]) + " |" for row in documented] == told


def test_states_are_documented() -> None:
    documented = [cell(row) for row in rows("docs/producers.md", "States")]

    assert documented == list(get_args(Status))


def test_stream_headers_are_documented() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()

    for name, value in HEADERS.items():
        assert f"`{name}: {value}`" in text


def sources() -> Iterator[Path]:
    for package in ("producers", "dashboard", "site_config"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.read_text().strip():  # an empty __init__.py has no job
                yield path.relative_to(ROOT)


def test_architecture_names_every_file_once() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = [cell for cell in CELL.findall(text) if cell.endswith(".py")]
    there = [path.as_posix() for path in sources()]

    assert sorted(set(there) - set(named)) == [], "add these to a room of docs/architecture.md"
    assert sorted(set(named) - set(there)) == [], "these are gone; remove them from the document"
    assert [name for name in there if named.count(name) != 1] == []


FAULTS = [
    *("K1", "K6", "K7", "C8", "C9", "C10", "R2", "D1", "D5"),
    *("P1", "P2", "P6", "S1", "S6", "W1", "W2", "W6", "W8", "W9", "W10"),
    *("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I12", "I13", "I16", "I17"),
    *(f"A{number}" for number in range(1, 16)),
]


def test_faults_name_tests_that_exist() -> None:
    text = (ROOT / "docs" / "faults.md").read_text()
    references = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    table = rows("docs/faults.md", "The faults")

    assert [cell(row) for row in table] == FAULTS
    assert [row for row in table if "::test_" not in row] == []
    assert [f"{file}::{name}" for file, name in references if name not in functions_of(file)] == []


def functions_of(file: str) -> set[str]:
    path = ROOT / file
    if not path.exists():
        return set()
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
