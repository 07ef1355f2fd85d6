"""Notes take a text with a level, or the text alone."""

from typing import Any

import pytest

from producers.base import InvalidEvent
from producers.notes import NotesProducer


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        ("door open", {"text": "door open", "level": "info"}),
        ({"text": "door open"}, {"text": "door open", "level": "info"}),
        ({"text": " x\n", "level": "warn"}, {"text": " x\n", "level": "warn"}),
        ("x" * 2000, {"text": "x" * 2000, "level": "info"}),
    ],
)
def test_texts_are_kept_as_posted(posted: Any, kept: dict[str, Any]) -> None:
    assert NotesProducer("notes").event(posted).data == kept


@pytest.mark.parametrize(
    ("posted", "pointer", "says"),
    [
        ("", "/text", "at least 1 character"),
        (" \n\t", "/text", "the text is blank"),
        ("x" * 2001, "/text", "at most 2000 characters"),
        ({}, "/text", "Field required"),
        ({"text": 5}, "/text", "valid string"),
        ({"text": "x", "level": "purple"}, "/level", "'debug', 'info', 'warn' or 'error'"),
        ({"text": "x", "level": 8}, "/level", "'debug', 'info', 'warn' or 'error'"),
        ({"message": 5}, "/text", "valid string"),
        ({"colour": "red"}, "/text", "Field required"),
        (5, "", "valid dictionary"),
        (["x"], "", "valid dictionary"),
    ],
)
def test_anything_else_says_where_and_what_is_legal(posted: Any, pointer: str, says: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        NotesProducer("notes").event(posted)

    assert caught.value.problems[0][0] == pointer
    assert says in caught.value.problems[0][1]
