"""Tables of the documents say what is in the code: problems, states, files, faults."""

import ast
import re
from typing import get_args

from dashboard.http.problems import PROBLEMS
from dashboard.live.response import HEADERS
from dashboard.widgets.thresholds import read_threshold
from producers.state import Status
from tests.support.documents import ROOT, cell, rows
from tests.support.rooms import DOCUMENT, written


def test_problems_are_documented_as_they_are() -> None:
    told = [f"| `{code}` | {row.status.value} | {row.title} |" for code, row in PROBLEMS.items()]
    documented = rows("docs/ingest.md", "Problems")

    assert [" |".join(row.split(" |")[:3]) + " |" for row in documented] == told


def test_states_are_documented() -> None:
    documented = [cell(row) for row in rows("docs/producers.md", "States")]

    assert documented == list(get_args(Status))


def test_limits_are_legal_as_they_are_documented() -> None:
    documented = [cell(row) for row in rows("docs/settings.md", "Limits")]

    assert len(documented) == 9
    assert [read_threshold(limit) for limit in documented]


def test_stream_headers_are_documented() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()

    for name, value in HEADERS.items():
        assert f"`{name}: {value}`" in text


def test_the_rooms_are_told_in_the_words_of_their_files() -> None:
    document = DOCUMENT.read_text()

    assert written(document) == document, "run make rooms"


FAULTS = [
    *("K1", "K6", "K7", "C8", "C9", "C10", "R2", "D1", "D4", "D5"),
    *("P1", "P2", "P6", "B10", "B7", "B1", "K5", "D3"),
    *("S1", "S5", "S6", "T1", "W1", "W2", "W6", "W8", "W9", "W10"),
    *("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I12", "I13", "I16", "I17"),
    *(f"A{number}" for number in range(1, 18)),
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
