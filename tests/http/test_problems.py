"""Problems: one table, one shape, and nothing of the input that could harm who reads it."""

import json
import re
from pathlib import Path

import pytest

import dashboard
from dashboard.http.problems import (
    LONGEST_SHOWN,
    PROBLEMS,
    Refused,
    error_at,
    pointer,
    printable,
    problem,
    shown,
)

CODE = re.compile(r'\b(?:problem|Refused)\(\s*"([a-z-]+)"')


def test_document_is_as_rfc_9457_says() -> None:
    response = problem("too-slow", "8 of 20 bytes came", headers={"Retry-After": "1"}, index=3)

    assert response.status_code == 408
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Retry-After"] == "1"
    assert json.loads(response.content) == {
        "type": "urn:eventwall:problem:too-slow",
        "title": "The body took too long to arrive",
        "status": 408,
        "detail": "8 of 20 bytes came",
        "stored": 0,
        "index": 3,
    }


def test_refusal_becomes_its_problem() -> None:
    refused = Refused("no-token", "none", headers={"WWW-Authenticate": "Bearer"})

    assert refused.response().status_code == 401
    assert refused.response().headers["WWW-Authenticate"] == "Bearer"


def test_every_code_in_the_source_is_in_the_table() -> None:
    sources = Path(next(iter(dashboard.__path__))).rglob("*.py")

    used = {code for source in sources for code in CODE.findall(source.read_text())}

    assert {"bad-json", "no-token", "internal"} <= used <= set(PROBLEMS)


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_has_an_error_status_and_a_title(code: str) -> None:
    assert PROBLEMS[code].status >= 400
    assert PROBLEMS[code].title[0].isupper()


def test_detail_is_printable_and_bounded() -> None:
    detail = json.loads(problem("bad-host", "\x1b[31m\u202e" + "x" * 10_000).content)["detail"]

    assert detail.isprintable()
    assert len(detail) == 600


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), "#"),
        ((3, "value"), "#/3/value"),
        (("a/b", "~", ""), "#/a~1b/~0/"),
        (("temperature °C", "%"), "#/temperature%20%C2%B0C/%25"),
        (("a", "b\n", "c"), "#/a"),
        (("a", "\u202e", "c"), "#/a"),
        (("a", "k" * 100, "c"), "#/a"),
        (("人" * 20, "c"), "#"),
    ],
)
def test_pointer_ends_where_it_cannot_be_shown(path: tuple[str | int, ...], expected: str) -> None:
    assert pointer(path) == expected


def test_pointer_of_any_path_is_short() -> None:
    assert len(pointer(["name"] * 100)) <= LONGEST_SHOWN


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "'a'"), ("a\nb", r"'a\nb'"), ("\u202e", r"'\u202e'"), ("it's", '"it\'s"')],
)
def test_shown_values_are_quoted_and_escaped(value: str, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize("value", ["x" * 79, "x" * 10_000, "\x00" * 10_000, "\U000e0001" * 100])
def test_shown_values_are_bounded(value: str) -> None:
    assert len(shown(value)) <= LONGEST_SHOWN
    assert shown(value).isprintable()


def test_printable_says_where_it_cut() -> None:
    assert printable("a\tb", 3) == "a\N{REPLACEMENT CHARACTER}b"
    assert printable("abcd", 3) == "ab…"


def test_error_names_its_place() -> None:
    assert error_at((0, "a"), "is\x00 bad") == {
        "pointer": "#/0/a",
        "detail": "is\N{REPLACEMENT CHARACTER} bad",
    }
